// Scene 3: the parent passes its server to one child and goes on accepting.
const { fork } = require('node:child_process');
const http = require('node:http');

if (process.argv[2] === 'child') {
  const server = http.createServer((request, response) => response.end('handled by child\n'));
  process.on('message', (message, passed) => {
    passed.on('connection', (connection) => server.emit('connection', connection));
  });
} else {
  const child = fork(__filename, ['child']);
  const server = http.createServer((request, response) => response.end('handled by parent\n'));
  server.listen(Number(process.argv[2] ?? 1337), '127.0.0.1', () => {
    child.send('server', server);
    console.log(`listening at port ${server.address().port}`);
  });
}
