// A client of the control API that has no proto file: it asks the master what it can be asked.
//
// reflect.js SOCKET: lists the pools and watches the workers, one line of JSON for each answer, until it is ended.

const { createRequire } = require('node:module');
const { join } = require('node:path');

// Beside node_modules, not beside this file.
const load = createRequire(join(process.cwd(), 'package.json'));
const grpc = load('@grpc/grpc-js');
const loader = load('@grpc/proto-loader');
const protobuf = load('protobufjs');

const SERVICE = 'drover.control.v1.ControlService';

// All that a client of reflection has to know (grpc.reflection.v1).
const reflection = protobuf.Root.fromJSON({
  nested: {
    Request: {
      oneofs: { ask: { oneof: ['fileByFilename', 'fileContainingSymbol', 'listServices'] } },
      fields: {
        fileByFilename: { type: 'string', id: 3 },
        fileContainingSymbol: { type: 'string', id: 4 },
        listServices: { type: 'string', id: 7 },
      },
    },
    Response: {
      fields: {
        files: { type: 'Files', id: 4 },
        services: { type: 'Services', id: 6 },
        error: { type: 'Failure', id: 7 },
      },
    },
    Files: { fields: { file: { rule: 'repeated', type: 'bytes', id: 1 } } },
    Services: { fields: { service: { rule: 'repeated', type: 'Service', id: 1 } } },
    Service: { fields: { name: { type: 'string', id: 1 } } },
    Failure: { fields: { code: { type: 'int32', id: 1 }, message: { type: 'string', id: 2 } } },
    FileSet: { fields: { file: { rule: 'repeated', type: 'bytes', id: 1 } } },
  },
});
const Request = reflection.lookupType('Request');
const Response = reflection.lookupType('Response');

function say(kind, message) {
  console.log(JSON.stringify({ [kind]: message }));
}

/** Asks one thing after the other on one stream. */
function asker(client) {
  const stream = client.makeBidiStreamRequest('/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    (request) => Buffer.from(Request.encode(request).finish()), (bytes) => Response.decode(bytes));
  const waiting = [];
  stream.on('data', (answer) => {
    const { resolve, reject } = waiting.shift();
    if (answer.error) {
      reject(new Error(answer.error.message));
    } else {
      resolve(answer);
    }
  });
  stream.on('error', (failure) => waiting.splice(0).forEach(({ reject }) => reject(failure)));
  return {
    ask: (request) => new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      stream.write(Request.create(request));
    }),
    end: () => stream.end(),
  };
}

async function main(socket) {
  const target = `unix:${socket}`;
  const client = new grpc.Client(target, grpc.credentials.createInsecure());
  const { ask, end } = asker(client);
  const { services } = await ask({ listServices: '*' });
  say('services', services.service.map((service) => service.name));
  const files = await everyFile(ask, (await ask({ fileContainingSymbol: SERVICE })).files.file);
  end();
  const set = reflection.lookupType('FileSet').encode({ file: files }).finish();
  const definition = loader.loadFileDescriptorSetFromBuffer(Buffer.from(set), { longs: Number, enums: String });
  const Control = grpc.loadPackageDefinition(definition).drover.control.v1.ControlService;
  const control = new Control(target, grpc.credentials.createInsecure());
  control.listPools({}, (failure, answer) => {
    say(failure ? 'failure' : 'pools', failure?.message ?? answer.pools);
    control.watchWorkers({}).on('data', (change) => say('change', change)).on('error', () => process.exit(0));
  });
}

/** A server may send a file alone, or with those it imports. */
async function everyFile(ask, first) {
  const Named = protobuf.Root.fromJSON({ nested: { Named: { fields: {
    name: { type: 'string', id: 1 }, dependency: { rule: 'repeated', type: 'string', id: 3 },
  } } } }).lookupType('Named');
  const known = new Map();
  const take = (files) => files.forEach((file) => known.set(Named.decode(file).name, file));
  take(first);
  for (const [, file] of known) {
    for (const name of Named.decode(file).dependency) {
      if (!known.has(name)) {
        take((await ask({ fileByFilename: name })).files.file);
      }
    }
  }
  return inOrder(known, Named);
}

/** Those that are imported first. */
function inOrder(known, Named) {
  const ordered = new Map();
  const visit = (name) => {
    if (!ordered.has(name)) {
      Named.decode(known.get(name)).dependency.forEach(visit);
      ordered.set(name, known.get(name));
    }
  };
  [...known.keys()].forEach(visit);
  return [...ordered.values()];
}

main(process.argv[2]).catch((failure) => {
  console.error(failure);
  process.exit(1);
});
