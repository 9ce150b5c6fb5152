// A peer of DispatchBench and ImageBench: Node's cluster with a hello service that answers as ours does.
//
// node cluster.js rr|none PORT WORKERS [HOST]: SCHED_RR or SCHED_NONE. Ends with its input.
'use strict';

const cluster = require('cluster');
const http = require('http');

const BACKLOG = 4096;
const [policy, port, workers, host = '127.0.0.1'] = process.argv.slice(2);

if (cluster.isPrimary) {
  cluster.schedulingPolicy = policy === 'rr' ? cluster.SCHED_RR : cluster.SCHED_NONE;
  for (let i = 0; i < Number(workers); i++) {
    cluster.fork();
  }
  cluster.on('exit', (worker, code, signal) => {
    console.error(`worker ${worker.id} has ended: ${signal || code}`);
    process.exit(1);
  });
  process.stdin.on('end', () => process.exit(0)).resume();
} else {
  const pid = String(process.pid);
  const name = `web-${cluster.worker.id - 1}`;
  http
    .createServer((request, response) => {
      const id = new URLSearchParams(request.url.slice(request.url.indexOf('?'))).get('id');
      const body = `ok ${id} ${pid}`;
      response.writeHead(200, {
        'Content-Type': 'text/plain; charset=utf-8',
        'Content-Length': body.length,
        'X-Worker': name,
        'X-Worker-Pid': pid,
      });
      response.end(body);
    })
    .listen({ port: Number(port), host, backlog: BACKLOG });
}
