'use strict';
// Any server: it listens on the descriptor it inherits, and ends when it has nothing in hand any more.
const http = require('http');

const server = http.createServer((request, response) => {
  response.end(`Hello from ${process.env.DROVER_WORKER} (pid ${process.pid})\n`);
});
server.listen({ fd: 3 });
process.on('SIGTERM', () => {
  server.close();
  server.closeIdleConnections?.();
});
