// What the page knows: things as the watches tell them, and the last ten minutes.

const MAX_EVENTS = 100;

/** Things by key, told by a watch. A stream that begins anew is taken over at its bookmark, so that nothing flickers. */
export class Things {
  #known = new Map();
  #anew = null;
  #key;

  constructor(key) {
    this.#key = key;
  }

  reset() {
    this.#anew = new Map();
  }

  apply({ type, data }) {
    const into = this.#anew ?? this.#known;
    if (type === 'BOOKMARK') {
      this.#known = into;
      this.#anew = null;
    } else if (type === 'DELETED') {
      into.delete(this.#key(data));
    } else {
      into.set(this.#key(data), data);
    }
  }

  get all() {
    return [...this.#known.values()];
  }
}

/** The last events, the newest first; one that happens again moves up. */
export class Happenings {
  #known = new Map();

  reset() {
    this.#known.clear();
  }

  apply(event) {
    this.#known.delete(event.name);
    this.#known.set(event.name, event);
    if (this.#known.size > MAX_EVENTS) {
      this.#known.delete(this.#known.keys().next().value);
    }
  }

  get all() {
    return [...this.#known.values()].reverse();
  }
}

/** Samples of the last ten minutes. */
export class History {
  static SPAN = 600_000;
  #samples = [];

  add(sample) {
    this.#samples.push(sample);
    const oldest = sample.time - History.SPAN;
    while (this.#samples[0].time < oldest) {
      this.#samples.shift();
    }
  }

  get samples() {
    return this.#samples;
  }
}
