// Times, sizes and names for people, in kubectl's way.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `3m12s`; empty where there is no time. */
export function age(timestamp, now = Date.now()) {
  if (!timestamp) {
    return '';
  }
  const seconds = Math.max(0, Math.floor((now - Date.parse(timestamp)) / 1000));
  if (seconds < 2 * MINUTE) {
    return `${seconds}s`;
  }
  if (seconds < 10 * MINUTE) {
    return pair(seconds, MINUTE, 'm', 1, 's');
  }
  if (seconds < 3 * HOUR) {
    return `${Math.floor(seconds / MINUTE)}m`;
  }
  if (seconds < 8 * HOUR) {
    return pair(seconds, HOUR, 'h', MINUTE, 'm');
  }
  return seconds < 2 * DAY ? `${Math.floor(seconds / HOUR)}h` : `${Math.floor(seconds / DAY)}d`;
}

function pair(seconds, large, largeName, small, smallName) {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)}${largeName}${rest ? `${rest}${smallName}` : ''}`;
}

/** `41 MiB`. */
export function bytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Of one whole CPU: `3 %`. */
export function cpu(cores) {
  const percent = cores * 100;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** `WORKER_STATE_BACKING_OFF` is `Backing off`. */
export function stateName(state) {
  const words = (state ?? '').replace('WORKER_STATE_', '').toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `1 worker`, `2 workers`. */
export function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
