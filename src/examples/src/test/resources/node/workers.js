// Scene 1: one worker per CPU, each an HTTP server on a port of its own.
const { fork } = require('node:child_process');
const http = require('node:http');
const { availableParallelism } = require('node:os');

if (process.argv[2] === 'child') {
  const server = http.createServer((request, response) => response.end('Hello World\n'));
  server.listen(0, '127.0.0.1', () => console.log(`listening at port ${server.address().port}`));
} else {
  for (let i = 0; i < availableParallelism(); i++) {
    fork(__filename, ['child']);
  }
}
