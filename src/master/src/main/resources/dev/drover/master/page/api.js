// The master's REST API. The token is in this module alone and gone with the page.

const FIRST_DELAY = 500;
const LONGEST_DELAY = 10_000;
const TIMEOUT = 10_000;

let token = '';
let changes = false;

export class ProblemError extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `status ${status}`);
    this.status = status;
    this.reason = problem.reason ?? '';
  }
}

/** Takes a token, if the master takes it: what a change that changes nothing is answered tells what it allows. */
export async function unlock(value) {
  const before = token;
  token = value;
  try {
    changes = await allowsChanges();
  } catch (failure) {
    token = before;
    throw failure;
  }
}

async function allowsChanges() {
  try {
    await get('/api/v1/version');
    await send('POST', '/api/v1/pools:apply?dryRun=true', { pools: [] });
    return true;
  } catch (failure) {
    if (failure.status === 400) {
      return true;
    }
    if (failure.reason === 'ROLE_REQUIRED') {
      return false;
    }
    throw failure.status === 401 || failure.status === 403
      ? new Error('This is not a token of this master.') : failure;
  }
}

export function lock() {
  token = '';
  changes = false;
}

/** Whether there is a token. */
export function isUnlocked() {
  return token !== '';
}

/** Whether it allows to change anything. */
export function mayChange() {
  return changes;
}

function headers(more = {}) {
  return token ? { ...more, authorization: `Bearer ${token}` } : more;
}

async function answered(response) {
  if (response.ok) {
    return response;
  }
  const problem = await response.json().catch(() => ({})); // Whatever it is, it is no answer.
  throw new ProblemError(response.status, problem);
}

/** Reads a resource. */
export async function get(path) {
  const response = await fetch(path, {
    headers: headers({ accept: 'application/json' }), cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT),
  });
  return (await answered(response)).json();
}

/** Changes something. */
export async function send(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: headers(body ? { 'content-type': 'application/json' } : {}),
    body: body ? JSON.stringify(body) : undefined,
    signal: AbortSignal.timeout(TIMEOUT),
  });
  return (await answered(response)).json();
}

/**
 * Watches until the signal says otherwise: each event goes to `tell`, each beginning and loss to `live`, also whether it wants a token. Where the place
 * in the stream is lost, `reset` is told and everything comes anew. By fetch and not EventSource, which carries no token.
 */
export async function watch(path, { tell, live, reset, signal }) {
  let last = '';
  let delay = FIRST_DELAY;
  while (!signal.aborted) {
    let refused = false;
    try {
      if (!last) {
        reset();
      }
      const response = await answered(await fetch(path, {
        headers: headers({ accept: 'text/event-stream', ...(last ? { 'last-event-id': last } : {}) }),
        cache: 'no-store', signal,
      }));
      live(true);
      for await (const event of events(response.body)) {
        delay = FIRST_DELAY;
        if (event.type === 'ERROR') {
          throw new ProblemError(event.data.status, event.data);
        }
        last = event.id || last;
        tell(event);
      }
    } catch (failure) {
      if (failure instanceof ProblemError && failure.status === 410) {
        last = '';
      }
      refused = failure.status === 401;
    }
    if (!signal.aborted) {
      live(false, refused);
      await new Promise((resolve) => { setTimeout(resolve, delay); });
      delay = Math.min(delay * 2, LONGEST_DELAY);
    }
  }
}

async function* events(body) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks(body)) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const event = parse(block);
      if (event.type) {
        yield event;
      }
    }
  }
}

async function* chunks(body) {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parse(block) {
  const event = { type: '', id: '', data: {} };
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 2);
    if (name === 'event') {
      event.type = value;
    } else if (name === 'id') {
      event.id = value;
    } else if (name === 'data') {
      event.data = JSON.parse(value);
    }
  }
  return event;
}
