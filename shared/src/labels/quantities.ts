import { withMinus } from './format-number.ts';

/** An activation or a distance, to two decimals: `5.13`. */
export function formatActivation(value: number): string {
  return withMinus(value.toFixed(2));
}

/** A number for a tooltip, where precision costs no room: `5.130`. */
export function formatExact(value: number): string {
  return withMinus(value.toFixed(3));
}

/** A count with thousands set apart: `2,012`. */
export function formatCount(value: number): string {
  return withMinus(Math.round(value).toLocaleString('en-US'));
}

/** A probability to three figures, never rounded to certainty: `31.2 %`, `0.31 %`, `<0.01 %`, `>99.9 %`. */
export function formatProbability(probability: number): string {
  const percent = probability * 100;
  if (percent >= 99.95) return percent < 100 ? '>99.9 %' : '100.0 %';
  if (percent >= 9.95) return `${percent.toFixed(1)} %`;
  if (percent >= 0.005) return `${percent.toFixed(2)} %`;
  return percent > 0 ? '<0.01 %' : '0.00 %';
}

/** `1 feature`, `2 features`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Milliseconds in words: `38 ms`, `2.4 s`, `3 min`, `2 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 10_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  if (milliseconds < 120_000) return `${Math.round(milliseconds / 1_000)} s`;
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in steps of a thousand, as disks are sold, to three figures: `151 MB`, `3.42 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be written as 1000 of its unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const decimals = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return unit === 0 ? counted(bytes, 'byte') : `${value.toFixed(decimals)} ${UNITS[unit]}`;
}

/** A large count in a few letters: `124 M`, `1.56 B`. */
export function formatRounded(value: number): string {
  if (value < 1e4) return formatCount(value);
  const [size, letter] = value < 999_500 ? [1e3, 'k'] : value < 999.5e6 ? [1e6, 'M'] : [1e9, 'B'];
  const scaled = value / size;
  return `${scaled.toFixed(scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2)} ${letter}`;
}
