// A worker of a few lines: Node on the inherited listener, ready as soon as it is started.
const http = require('http');
const { DROVER_WORKER } = process.env;
const server = http.createServer((request, response) => {
  const id = new URL(request.url, 'http://localhost').searchParams.get('id');
  const body = `ok ${id} ${process.pid}`;
  response.writeHead(200, { 'Content-Length': body.length, 'X-Worker': DROVER_WORKER, 'X-Worker-Pid': process.pid });
  response.end(body);
});
server.listen({ fd: 3 }, () => console.log('listening'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
