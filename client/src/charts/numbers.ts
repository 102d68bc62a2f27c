import { format } from 'd3';

const two = format('.2f');
const three = format('.3f');
const whole = format(',d');

/** An activation or a distance, to two decimals: `5.13`. */
export function activationText(value: number): string {
  return two(value);
}

/** A number for a tooltip, where precision costs no room: `5.130`. */
export function exactText(value: number): string {
  return three(value);
}

/** A count with thousands set apart: `2,012`. */
export function countText(value: number): string {
  return whole(value);
}

/** A probability to three figures, never rounded to certainty: `31.2 %`, `0.31 %`, `<0.01 %`, `>99.9 %`. */
export function percentText(probability: number): string {
  const percent = probability * 100;
  if (percent >= 99.95) return percent < 100 ? '>99.9 %' : '100.0 %';
  if (percent >= 9.95) return `${percent.toFixed(1)} %`;
  if (percent >= 0.005) return `${percent.toFixed(2)} %`;
  return percent > 0 ? '<0.01 %' : '0.00 %';
}

/** `1 feature`, `2 features`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
