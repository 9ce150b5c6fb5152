// A peer of MessagesBench: what Node's own messages between a parent and its child take.
//
// node messages.js json|advanced: forks a child and writes its pid. Then it answers each line of its input with one:
//   round SIZE MILLIS           microseconds of a round trip, median and 99th percentile
//   flood down|up SIZE MILLIS   messages sent, and the seconds from the first sent to the last received
// Ends with its input.
'use strict';

const { fork } = require('child_process');
const { performance } = require('perf_hooks');
const readline = require('readline');

const CLOCK_EVERY = 64;

// Strings are messages, objects say what to do with them.
class End {
  constructor(channel) {
    this.channel = channel;
    this.count = 0;
    this.take = () => {};
    this.hear = () => {};
    channel.on('message', (message) => {
      if (typeof message === 'string') {
        this.take(message);
      } else {
        this.control(message);
      }
    });
  }

  control(message) {
    switch (message.what) {
      case 'echo':
        this.take = (text) => this.channel.send(text);
        break;
      case 'count':
        this.count = 0;
        this.take = () => this.count++;
        break;
      case 'counted?':
        this.channel.send({ what: 'answer', value: this.count });
        break;
      case 'flood':
        this.flood(message.size, message.millis).then((value) => this.channel.send({ what: 'answer', value }));
        break;
      case 'answer':
        this.hear(message.value);
        break;
    }
  }

  ask(message) {
    return new Promise((resolve) => {
      this.hear = resolve;
      this.channel.send(message);
    });
  }

  roundTrips(size, millis) {
    const text = 'x'.repeat(size);
    const times = [];
    return new Promise((resolve) => {
      const start = performance.now();
      let before = start;
      this.take = () => {
        const after = performance.now();
        times.push(after - before);
        before = after;
        if (after - start < millis) {
          this.channel.send(text);
        } else {
          times.sort((a, b) => a - b);
          resolve([0.5, 0.99].map((part) => times[Math.floor(times.length * part)] * 1000));
        }
      };
      this.channel.send(text);
    });
  }

  // Sends while there is room, as `send` tells it, and on when what was sent is written.
  async flood(size, millis) {
    const text = 'x'.repeat(size);
    this.channel.send({ what: 'count' });
    const start = performance.now();
    let sent = 0;
    await new Promise((resolve, reject) => {
      let unwritten = 0;
      let full = false;
      const written = (failure) => {
        unwritten--;
        if (failure) {
          reject(failure);
        } else if (full && unwritten === 0) {
          full = false;
          fill();
        }
      };
      const fill = () => {
        while (!full) {
          if (sent % CLOCK_EVERY === 0 && performance.now() - start >= millis) {
            resolve();
            return;
          }
          sent++;
          unwritten++;
          full = !this.channel.send(text, written);
        }
      };
      fill();
    });
    const counted = await this.ask({ what: 'counted?' });
    if (counted !== sent) {
      throw new Error(`${sent} were sent and ${counted} have come`);
    }
    return `${sent} ${(performance.now() - start) / 1000}`;
  }
}

async function answer(end, [what, ...rest]) {
  if (what === 'round') {
    end.channel.send({ what: 'echo' });
    const [size, millis] = rest.map(Number);
    return (await end.roundTrips(size, millis)).join(' ');
  }
  const [size, millis] = rest.slice(1).map(Number);
  if (rest[0] === 'down') {
    return end.flood(size, millis);
  }
  return end.ask({ what: 'flood', size, millis });
}

async function parent(serialization) {
  const child = fork(__filename, { serialization });
  const end = new End(child);
  console.log(child.pid);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(await answer(end, line.split(' ')));
  }
  child.kill();
}

if (process.send) {
  new End(process);
} else {
  parent(process.argv[2]).catch((failure) => {
    console.error(failure);
    process.exit(1);
  });
}
