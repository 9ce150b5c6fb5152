// The cluster module: workers on one port, their events, a replacement for each that exits, and an end to that.
const cluster = require('node:cluster');
const http = require('node:http');
const { availableParallelism } = require('node:os');

const LIMIT = 10;
const WINDOW_MILLIS = 60_000;
const exits = [];

function tooOften() {
  exits.push(Date.now());
  return exits.length > LIMIT && exits.at(-1) - exits.at(-1 - LIMIT) < WINDOW_MILLIS;
}

if (cluster.isPrimary) {
  for (const event of ['fork', 'online', 'listening', 'disconnect', 'exit']) {
    cluster.on(event, (worker) => console.log(`worker-${worker.id} ${event} pid ${worker.process.pid}`));
  }
  cluster.on('exit', () => {
    if (tooOften()) {
      console.log('giving up: workers exit too often');
      process.exit(1);
    }
    cluster.fork();
  });
  for (let i = 0; i < availableParallelism(); i++) {
    cluster.fork();
  }
} else {
  http
    .createServer((request, response) => response.end(`handled by worker, pid is ${process.pid}\n`))
    .listen(Number(process.argv[2] ?? 1337), '127.0.0.1');
}
