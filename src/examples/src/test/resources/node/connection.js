// Scene 5: the parent accepts and sends each connection to a child.
const { fork } = require('node:child_process');
const http = require('node:http');
const net = require('node:net');

if (process.argv[2] === 'child') {
  const server = http.createServer((request, response) => response.end(`handled by child, pid is ${process.pid}\n`));
  process.on('message', (message, connection) => {
    server.emit('connection', connection);
    connection.resume();
  });
} else {
  const child = fork(__filename, ['child']);
  const server = net.createServer({ pauseOnConnect: true }, (connection) => child.send('connection', connection));
  server.listen(Number(process.argv[2] ?? 1337), '127.0.0.1', () => {
    console.log(`listening at port ${server.address().port}`);
  });
}
