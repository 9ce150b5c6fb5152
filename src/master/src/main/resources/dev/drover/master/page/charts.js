// Small charts of the last ten minutes. SVG attributes alone: the policy of the page allows no inline style.

import { History } from './store.js';
import { bytes, cpu } from './format.js';
import { h, text } from './dom.js';

const WIDTH = 300;
const HEIGHT = 48;
const TOP = 4;

// While there is less than that to show, it is not drawn wider.
const LEAST_SPAN = 60_000;
const SVG = 'http://www.w3.org/2000/svg';

const CHARTS = [
  { key: 'ready', title: 'Ready workers', show: (value) => String(value), aside: (sample) => `of ${sample.wanted}` },
  { key: 'connections', title: 'Connections', show: (value) => value.toLocaleString('en') },
  { key: 'queued', title: 'Accept queue', show: (value) => value.toLocaleString('en') },
  { key: 'cpu', title: 'CPU', show: cpu, least: 0.05 },
  { key: 'memory', title: 'Memory', show: bytes },
];

export class Charts {
  #views;

  constructor(parent) {
    this.#views = CHARTS.map((chart) => new Chart(chart));
    parent.append(...this.#views.map((view) => view.element));
  }

  update(samples) {
    this.#views.forEach((view) => view.update(samples));
  }
}

class Chart {
  #chart;
  #value = h('p', { class: 'value' });
  #aside = h('span', { class: 'aside' });
  #area = path('area');
  #stroke = path('stroke');
  #picture;

  constructor(chart) {
    this.#chart = chart;
    this.#picture = document.createElementNS(SVG, 'svg');
    this.#picture.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.#picture.setAttribute('preserveAspectRatio', 'none');
    this.#picture.setAttribute('role', 'img');
    this.#picture.append(this.#area, this.#stroke);
    this.element = h('article', { class: 'card chart', id: `chart-${chart.key}`, hidden: true },
      h('div', { class: 'top' }, h('h3', {}, chart.title), this.#aside),
      this.#value,
      this.#picture);
  }

  /** What is not told by this master, or not yet, is not shown. */
  update(samples) {
    const { key, title, show, aside, least = 1 } = this.#chart;
    const known = samples.filter((sample) => sample[key] !== undefined);
    this.element.hidden = known.length === 0;
    if (known.length === 0) {
      return;
    }
    const last = known.at(-1);
    const highest = Math.max(...known.map((sample) => sample[key]));
    text(this.#value, show(last[key]));
    text(this.#aside, aside ? aside(last) : `peak ${show(highest)}`);
    this.#picture.setAttribute('aria-label', `${title} in the last ten minutes: now ${show(last[key])}, at most ${show(highest)}`);
    this.#draw(known, key, Math.max(least, highest), samples.at(-1).time);
  }

  #draw(known, key, highest, now) {
    const span = Math.min(History.SPAN, Math.max(LEAST_SPAN, now - known[0].time));
    const points = known.map((sample) => [
      WIDTH - ((now - sample.time) / span) * WIDTH,
      HEIGHT - (sample[key] / highest) * (HEIGHT - TOP),
    ].map((number) => number.toFixed(1)).join(' '));
    const line = `M${points.join('L')}`;
    const first = points[0].split(' ')[0];
    const end = points.at(-1).split(' ')[0];
    this.#stroke.setAttribute('d', line);
    this.#area.setAttribute('d', `${line}L${end} ${HEIGHT}L${first} ${HEIGHT}Z`);
  }
}

function path(name) {
  const element = document.createElementNS(SVG, 'path');
  element.setAttribute('class', name);
  return element;
}
