// The page: what the master tells, live, and what whoever holds its token may change.

import { get, isUnlocked, lock, mayChange, send, unlock, watch } from './api.js';
import { Charts } from './charts.js';
import { askToken, confirm } from './dialogs.js';
import { h, reconcile, text } from './dom.js';
import { age, plural } from './format.js';
import { Pools, usageKey, wantedOf } from './pools.js';
import { Happenings, History, Things } from './store.js';

const POLL = 2_000;
const SHOWN_EVENTS = 50;
const API = '/api/v1';

const pools = new Things((pool) => pool.metadata.name);
const workers = new Things((worker) => usageKey(worker));
const happenings = new Happenings();
const history = new History();
const charts = new Charts(document.getElementById('charts'));
const poolsView = new Pools(document.getElementById('pools'), act);
const eventViews = new Map();

let sockets = [];
let usage = new Map();
let master = null;
let caughtUp = false;
let drawing = false;

// Watching. Not while nobody looks: a watch is one of 64, and a browser has six connections for one address.

const links = new Map();
let watching = null;

function startWatching() {
  watching = new AbortController();
  caughtUp = false;
  follow('pools', pools, (event) => pools.apply(event));
  follow('workers', workers, (event) => { announceWorker(event); workers.apply(event); });
  follow('events', happenings, (event) => happenings.apply(event.data));
}

function follow(kind, things, tell) {
  watch(`${API}/${kind}?watch=true`, {
    signal: watching.signal,
    reset: () => things.reset(),
    live: (live, refused) => { links.set(kind, live); showLink(refused); },
    tell: (event) => {
      tell(event);
      caughtUp = caughtUp || (kind === 'workers' && event.type === 'BOOKMARK');
      draw();
    },
  });
}

function stopWatching() {
  watching?.abort();
  links.clear();
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    stopWatching();
  } else {
    startWatching();
  }
});

function showLink(refused) {
  const live = links.size === 3 && [...links.values()].every(Boolean);
  const element = document.getElementById('link');
  element.dataset.live = String(live);
  text(document.getElementById('link-text'), live ? 'Live' : 'Connecting');
  const notice = document.getElementById('notice');
  notice.hidden = !refused;
  text(notice, refused ? 'This master tells nothing without a token: unlock with one of role view or admin.' : '');
}

// Asking for what nobody tells by itself.

async function poll() {
  const [nextSockets, nextUsage, nextMaster] = await Promise.allSettled([
    get(`${API}/sockets`), get(`${API}/usage`), get(`${API}/master`),
  ]);
  sockets = nextSockets.value?.items ?? sockets;
  usage = new Map((nextUsage.value?.workers ?? []).map((worker) => [usageKey(worker), worker]));
  master = nextMaster.value ?? master;
  if (nextSockets.status === 'fulfilled') {
    history.add(sample(nextUsage.value));
  }
  draw();
  setTimeout(poll, POLL);
}

function sample(measured) {
  const all = workers.all;
  const loads = all.map((worker) => usage.get(usageKey(worker))?.load ?? worker.session?.load).filter(Boolean);
  const measuredWorkers = measured?.workers ?? [];
  const cores = measuredWorkers.map((worker) => worker.usage?.cpuCores).filter((value) => value !== undefined);
  return {
    time: Date.now(),
    ready: all.filter((worker) => worker.state === 'WORKER_STATE_READY').length,
    wanted: sum(pools.all.map(wantedOf)),
    queued: sum(sockets.map((socket) => socket.queued ?? 0)),
    connections: loads.length ? sum(loads.map((load) => load.connections ?? 0)) : undefined,
    cpu: cores.length ? sum(cores) : undefined,
    memory: measured ? sum(measuredWorkers.map((worker) => worker.usage?.rssBytes ?? 0)) : undefined,
  };
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

// Drawing, at most once a frame.

function draw() {
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      show();
    });
  }
}

function show() {
  const unlocked = mayChange();
  poolsView.update({ pools: pools.all, workers: workers.all, sockets, usage, unlocked });
  document.getElementById('no-pools').hidden = pools.all.length > 0 || !caughtUp;
  charts.update(history.samples);
  showEvents();
  showMaster();
  text(document.getElementById('unlock'), isUnlocked() ? 'Lock' : 'Unlock changes');
}

function showEvents() {
  const shown = happenings.all.slice(0, SHOWN_EVENTS);
  document.getElementById('no-events').hidden = shown.length > 0;
  document.querySelector('.scroll').hidden = shown.length === 0;
  reconcile(document.getElementById('events'), eventViews, shown, (event) => event.name, eventView);
}

function eventView() {
  const cells = [h('td'), h('td'), h('td')];
  const message = h('span');
  const count = h('span', { class: 'count' });
  const element = h('tr', {}, ...cells, h('td', {}, message, count));
  return {
    element,
    update(event) {
      element.dataset.type = event.type;
      text(cells[0], age(event.lastTimestamp));
      text(cells[1], event.reason);
      text(cells[2], event.involvedObject?.name ?? '');
      text(message, event.message ?? '');
      text(count, event.count > 1 ? `×${event.count}` : '');
    },
  };
}

function showMaster() {
  if (master) {
    const state = (master.state ?? '').replace('MASTER_STATE_', '').toLowerCase();
    text(document.getElementById('master'), [
      `${master.version}`, `pid ${master.pid}`, `up ${age(master.startedAt)}`, state === 'running' ? '' : state,
      master.runDirectory,
    ].filter(Boolean).join(' · '));
    document.title = `${sum(pools.all.map((pool) => pool.status?.readyReplicas ?? 0))} ready · Drover`;
  }
}

/** Tells a screen reader what changes, but not what is there at the beginning. */
function announceWorker({ type, data }) {
  if (!caughtUp || type === 'BOOKMARK') {
    return;
  }
  const before = workers.all.find((worker) => usageKey(worker) === usageKey(data));
  if (type === 'DELETED') {
    text(document.getElementById('announce'), `${data.name} is gone`);
  } else if (before?.state !== data.state) {
    const state = (data.state ?? '').replace('WORKER_STATE_', '').replaceAll('_', ' ').toLowerCase();
    text(document.getElementById('announce'), `${data.name} is ${state}`);
  }
}

// Changing something.

document.getElementById('unlock').addEventListener('click', async () => {
  if (isUnlocked()) {
    lock();
  } else {
    await askToken(unlock);
  }
  draw();
});

function path(kind, name) {
  return `${API}/${kind}/${encodeURIComponent(name)}`;
}

function act(kind, name, pool) {
  const order = (body) => () => send('POST', `${path('pools', name)}/rollout`, body);
  const questions = {
    scale: () => ({
      title: `Scale pool ${name}`,
      words: `It has ${plural(wantedOf(pool), 'worker')}. The number holds until the master reads its files again.`,
      yes: 'Scale',
      number: wantedOf(pool),
      work: (replicas) => send('PUT', `${path('pools', name)}/scale`, { replicas }),
    }),
    'restart-pool': () => ({
      title: `Restart pool ${name}`,
      words: 'Every worker is replaced, one after the other. No connection is lost.',
      yes: 'Restart',
      work: order({ restart: {} }),
    }),
    undo: () => ({
      title: `Undo the last rollout of pool ${name}`,
      words: 'The revision before this one is rolled out again.',
      yes: 'Undo',
      work: order({ undo: {} }),
    }),
    pause: () => ({
      title: `Pause the rollout of pool ${name}`,
      words: 'Nothing further is rolled out until it is resumed.',
      yes: 'Pause',
      work: order({ pause: {} }),
    }),
    resume: () => ({
      title: `Resume the rollout of pool ${name}`,
      words: 'What was changed meanwhile is rolled out.',
      yes: 'Resume',
      work: order({ resume: {} }),
    }),
    'restart-worker': () => ({
      title: `Restart worker ${name}`,
      words: 'Its replacement is ready before it stops.',
      yes: 'Restart',
      work: () => send('POST', `${path('workers', name)}/restart`),
    }),
  };
  confirm(questions[kind]());
}

startWatching();
poll();
