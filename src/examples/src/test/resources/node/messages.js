// Scene 2: a parent forks a child; each sends a message and prints what it gets.
const { fork } = require('node:child_process');

if (process.argv[2] === 'child') {
  process.on('message', (message) => {
    console.log('child got message:', JSON.stringify(message));
    process.send({ foo: 'bar' });
  });
} else {
  const child = fork(__filename, ['child']);
  child.on('message', (message) => {
    console.log('parent got message:', JSON.stringify(message));
    child.disconnect();
  });
  child.send({ hello: 'world' });
}
