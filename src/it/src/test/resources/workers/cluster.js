// Node's own primary, which gives connections to its workers in turn. Tells `worker PID` when one listens; each line of
// its input has it fork another.
const cluster = require('cluster');
const http = require('http');

if (cluster.isPrimary) {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.on('listening', (worker) => console.log(`worker ${worker.process.pid}`));
  process.stdin.on('data', () => cluster.fork());
  process.stdin.on('end', () => process.exit(0));
  cluster.fork();
} else {
  const server = http.createServer((request, response) => {
    const id = new URL(request.url, 'http://localhost').searchParams.get('id');
    const body = `ok ${id} ${process.pid}`;
    response.writeHead(200, { 'Content-Length': body.length, Connection: 'close' });
    response.end(body);
  });
  server.listen(Number(process.argv[2]), '127.0.0.1');
}
