// Pools with their sockets and workers.

import { age, bytes, cpu, plural, stateName } from './format.js';
import { h, reconcile, text } from './dom.js';

/** How a state is shown; never by colour alone. */
const KINDS = {
  READY: 'ready',
  STARTING: 'coming',
  PENDING: 'coming',
  RETIRING: 'leaving',
  DRAINING: 'leaving',
  KILLED: 'leaving',
  UNREADY: 'bad',
  HUNG: 'bad',
  BACKING_OFF: 'bad',
  FAILED: 'bad',
};

export class Pools {
  #parent;
  #views = new Map();
  #act;

  /** @param act what to do when somebody wants something changed: `act(kind, name, detail)` */
  constructor(parent, act) {
    this.#parent = parent;
    this.#act = act;
  }

  update({ pools, workers, sockets, usage, unlocked }) {
    const items = pools
      .map((pool) => ({
        pool,
        name: pool.metadata.name,
        workers: workers.filter((worker) => worker.pool === pool.metadata.name).sort(byPlace),
        sockets: sockets.filter((socket) => socket.pool === pool.metadata.name),
        usage,
        unlocked,
      }))
      .sort((one, other) => one.name.localeCompare(other.name));
    reconcile(this.#parent, this.#views, items, (item) => item.name, (item) => new PoolView(item.name, this.#act));
  }
}

function byPlace(one, other) {
  return (one.ordinal ?? 0) - (other.ordinal ?? 0) || (one.incarnation ?? 0) - (other.incarnation ?? 0);
}

class PoolView {
  #ready = h('span', { class: 'ready' });
  #revision = h('span', { class: 'quiet' });
  #rollout = h('div', { class: 'rollout' });
  #progress = h('progress', { max: 1, value: 0 });
  #words = h('span');
  #actions;
  #pause;
  #sockets = h('ul', { class: 'sockets' });
  #socketViews = new Map();
  #workers = h('ul', { class: 'workers' });
  #workerViews = new Map();
  #act;
  #item;

  constructor(name, act) {
    this.#act = act;
    const title = `pool-${name}`;
    const button = (label, kind) => h('button', {
      class: 'button small', type: 'button', 'data-act': kind, 'aria-label': `${label} pool ${name}`,
      onclick: () => act(kind, name, this.#item.pool),
    }, label);
    this.#pause = h('button', {
      class: 'button small', type: 'button', onclick: () => act(this.#isPaused ? 'resume' : 'pause', name, this.#item.pool),
    });
    this.#actions = h('div', { class: 'actions', hidden: true },
      button('Scale', 'scale'), button('Restart', 'restart-pool'), button('Undo', 'undo'), this.#pause);
    this.#rollout.append(this.#progress, this.#words);
    this.#sockets.setAttribute('aria-label', `Sockets of pool ${name}`);
    this.#workers.setAttribute('aria-label', `Workers of pool ${name}`);
    this.#progress.setAttribute('aria-label', `Rollout of pool ${name}`);
    this.element = h('article', { class: 'card pool', 'aria-labelledby': title, 'data-pool': name },
      h('header', {}, h('h2', { id: title }, name), this.#ready, this.#revision, this.#actions),
      this.#rollout, this.#sockets, this.#workers);
  }

  get #isPaused() {
    return condition(this.#item.pool, 'Progressing')?.reason === 'Paused';
  }

  update(item) {
    this.#item = item;
    const { pool, name, sockets, workers, usage, unlocked } = item;
    const status = pool.status ?? {};
    const wanted = wantedOf(pool);
    const ready = status.readyReplicas ?? 0;
    text(this.#ready, `${ready}/${wanted} ready`);
    this.#ready.dataset.full = String(ready >= wanted);
    text(this.#revision, `revision ${status.revision ?? 1}`);
    this.#actions.hidden = !unlocked;
    text(this.#pause, this.#isPaused ? 'Resume' : 'Pause');
    this.#pause.setAttribute('aria-label', `${this.#pause.textContent} the rollout of pool ${name}`);
    this.#showRollout(pool, status, wanted);
    this.#sockets.hidden = sockets.length === 0;
    reconcile(this.#sockets, this.#socketViews, sockets, (socket) => socket.name, () => new SocketView());
    this.#workers.hidden = workers.length === 0;
    reconcile(this.#workers, this.#workerViews,
      workers.map((worker) => ({ worker, usage: usage.get(usageKey(worker)), unlocked })),
      ({ worker }) => usageKey(worker),
      ({ worker }) => new WorkerView(worker.name, this.#act));
  }

  /** Shown while one is on its way, is paused or has failed. */
  #showRollout(pool, status, wanted) {
    const progressing = condition(pool, 'Progressing');
    const degraded = condition(pool, 'Degraded');
    const failing = degraded?.status === 'True';
    const underWay = (status.updatedReplicas ?? 0) !== wanted || (status.replicas ?? 0) !== wanted
      || (status.availableReplicas ?? 0) < wanted || progressing?.reason === 'Paused' || progressing?.status === 'False';
    this.#rollout.hidden = !underWay && !failing;
    const updated = Math.min(status.updatedReplicas ?? 0, status.availableReplicas ?? 0, wanted);
    this.#progress.max = Math.max(1, wanted);
    this.#progress.value = updated;
    text(this.#words, failing ? degraded.message : progressing?.message ?? '');
    this.#words.classList.toggle('bad', failing || progressing?.status === 'False');
  }
}

/** The workers a pool wants; without `replicas` it has as many as it tells. */
export function wantedOf(pool) {
  const status = pool.status ?? {};
  return pool.spec?.replicas ?? (status.availableReplicas ?? 0) + (status.unavailableReplicas ?? 0);
}

export function usageKey(worker) {
  return `${worker.name}.${worker.incarnation ?? 0}`;
}

function condition(pool, type) {
  return pool.status?.conditions?.find((one) => one.type === type);
}

class SocketView {
  #name = h('span', { class: 'name' });
  #address = h('span', { class: 'address' });
  #mode = h('span', { class: 'quiet' });
  #queued = h('span');
  #meter = h('meter', { min: 0, 'aria-hidden': 'true' });

  constructor() {
    this.element = h('li', {}, this.#name, this.#address, this.#mode,
      h('span', { class: 'queue' }, this.#queued, this.#meter));
  }

  update(socket) {
    const shards = socket.shards ?? 0;
    const room = Math.max(1, (socket.backlog ?? 0) * Math.max(1, shards));
    text(this.#name, socket.name);
    text(this.#address, socket.address ?? '');
    text(this.#mode, `${socket.mode}, ${plural(shards, 'listener')}`);
    text(this.#queued, `${socket.queued ?? 0} waiting`);
    this.#meter.max = room;
    this.#meter.high = room / 2;
    this.#meter.value = socket.queued ?? 0;
  }
}

class WorkerView {
  #state = h('span', { class: 'state' });
  #age = h('span', { class: 'age' });
  #cpu = fact('CPU');
  #memory = fact('Memory');
  #connections = fact('Connections');
  #note = h('p', { class: 'note' });
  #process = h('span');
  #restart;

  constructor(name, act) {
    this.#restart = h('button', {
      class: 'button small', type: 'button', hidden: true, 'data-act': 'restart-worker',
      'aria-label': `Restart worker ${name}`, onclick: () => act('restart-worker', name),
    }, 'Restart');
    this.element = h('li', { class: 'worker', 'data-worker': name },
      h('div', { class: 'top' }, h('h3', {}, name), this.#age),
      this.#state,
      h('dl', {}, this.#cpu.element, this.#memory.element, this.#connections.element),
      this.#note,
      h('div', { class: 'foot' }, this.#process, this.#restart));
  }

  update({ worker, usage, unlocked }) {
    const state = (worker.state ?? '').replace('WORKER_STATE_', '');
    const load = usage?.load ?? worker.session?.load;
    this.element.dataset.kind = KINDS[state] ?? 'leaving';
    this.element.dataset.incarnation = worker.incarnation ?? 0;
    text(this.#state, stateName(worker.state));
    text(this.#age, age(worker.startedAt));
    this.#age.title = worker.startedAt ? `started ${new Date(worker.startedAt).toLocaleString()}` : '';
    this.#cpu.update(usage?.usage?.cpuCores === undefined ? undefined : cpu(usage.usage.cpuCores));
    this.#memory.update(usage?.usage?.rssBytes === undefined ? undefined : bytes(usage.usage.rssBytes));
    this.#connections.update(load ? String(load.connections ?? 0) : undefined);
    this.#showNote(worker, state);
    text(this.#process, [
      worker.pid ? `pid ${worker.pid}` : '',
      worker.restarts ? plural(worker.restarts, 'restart') : '',
    ].filter(Boolean).join(', '));
    this.#restart.hidden = !unlocked || !worker.pid;
  }

  #showNote(worker, state) {
    const why = worker.unhealthy || (worker.pid ? worker.statusText : worker.lastExit?.message) || '';
    const before = worker.pid && worker.lastExit && state !== 'READY' ? `before: ${worker.lastExit.message}` : '';
    text(this.#note, why || before);
    this.#note.hidden = !(why || before);
  }
}

/** A name and a value, gone where there is no value. */
function fact(name) {
  const value = h('dd');
  const element = h('div', {}, h('dt', {}, name), value);
  return {
    element,
    update(next) {
      element.hidden = next === undefined;
      text(value, next ?? '');
    },
  };
}
