// Scene 4: the parent passes its server to two children and stops accepting.
const { fork } = require('node:child_process');
const http = require('node:http');
const net = require('node:net');

if (process.argv[2] === 'child') {
  const server = http.createServer((request, response) => response.end(`handled by child, pid is ${process.pid}\n`));
  process.on('message', (message, passed) => {
    passed.on('connection', (connection) => server.emit('connection', connection));
  });
} else {
  const children = [fork(__filename, ['child']), fork(__filename, ['child'])];
  const server = net.createServer();
  server.listen(Number(process.argv[2] ?? 1337), '127.0.0.1', () => {
    console.log(`listening at port ${server.address().port}`);
    children.forEach((child) => child.send('server', server));
    server.close();
  });
}
