// A worker of a few lines: Node on the inherited listener, ready as soon as it is started.
const http = require('http');
const { DROVER_WORKER } = process.env;
const server = http.createServer((request, response) => {
  const id = new URL(request.url, 'http://localhost').searchParams.get('id');
  response.writeHead(200, { 'X-Worker': DROVER_WORKER, 'X-Worker-Pid': process.pid });
  response.end(`ok ${id} ${process.pid}`);
});
server.listen({ fd: 3 }, () => console.log('listening'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
