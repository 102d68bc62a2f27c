import { type InkedRamp, stepOf } from '@loupe/shared';
import { interpolateLab, rgb } from 'd3';

/** Steps in a ramp: more than the eye tells apart, few enough to keep as strings. */
export const RAMP_STEPS = 64;

/** [RAMP_STEPS] colours from the ground (value 0) to the colour of a kind (value 1). */
export type Ramp = readonly string[];

/**
 * A one-sided scale that starts at the ground it stands on: the colour is mixed into the ground, in
 * CIELAB, by the root of the value, so that small values are told from none. `most` is the share of
 * the colour that a value of 1 has; `power` 1 mixes by the value itself.
 */
export function ramp(
  ground: string,
  colour: string,
  { most = 1, power = 0.5 }: { most?: number; power?: number } = {},
): Ramp {
  const mix = interpolateLab(ground, colour);
  return Array.from({ length: RAMP_STEPS }, (_, step) =>
    rgb(mix(most * (step / (RAMP_STEPS - 1)) ** power)).formatHex(),
  );
}

/** The colour of a value from 0 to 1. */
export function shadeOf(scale: Ramp, value: number): string {
  return scale[stepOf(scale, value)] as string;
}

/** Relative luminance by WCAG 2, 0 to 1. */
export function luminance(colour: string): number {
  const { r, g, b } = rgb(colour);
  const linear = (channel: number) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** Contrast of two colours by WCAG 2, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Least contrast of text on its ground. */
export const TEXT_CONTRAST = 4.5;

/**
 * The first of `preferred` that can be read on `ground`, else black or white, one of which always
 * can: their contrasts multiply to 21.
 */
export function inkOn(ground: string, preferred: readonly string[]): string {
  const found = preferred.find((ink) => contrast(ink, ground) >= TEXT_CONTRAST);
  if (found) return found;
  return contrast('#000000', ground) > contrast('#ffffff', ground) ? '#000000' : '#ffffff';
}

/** Adds to a ramp the ink for each of its steps. */
export function inked(fill: Ramp, preferred: readonly string[]): InkedRamp {
  return { fill, ink: fill.map((ground) => inkOn(ground, preferred)) };
}
