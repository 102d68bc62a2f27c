import { lab } from 'd3';
import { expect, test } from 'vitest';
import { contrast, inked, inkOn, ramp, shadeOf, TEXT_CONTRAST } from './colour-scale.ts';

const PANELS = ['#ffffff', '#1a1a1c'];
const KINDS = ['#0072b2', '#d55e00', '#56b4e9', '#f0883e', '#b0307e', '#e48ac4', '#8a8a85'];

test('a ramp begins at its ground and ends at its colour', () => {
  const scale = ramp('#ffffff', '#0072b2');
  expect(shadeOf(scale, 0)).toBe('#ffffff');
  expect(shadeOf(scale, 1)).toBe('#0072b2');
  expect(shadeOf(scale, 7)).toBe('#0072b2');
  expect(shadeOf(scale, Number.NaN)).toBe('#ffffff');
});

test('lightness runs one way along a ramp', () => {
  for (const panel of PANELS)
    for (const kind of KINDS) {
      const lights = ramp(panel, kind).map((colour) => lab(colour).l);
      const way = Math.sign((lights.at(-1) as number) - (lights[0] as number));
      for (let step = 1; step < lights.length; step++) {
        const change = (lights[step] as number) - (lights[step - 1] as number);
        expect(change * way).toBeGreaterThan(-0.6);
      }
    }
});

test('a quarter of the value has half of the colour', () => {
  const scale = ramp('#000000', '#ffffff');
  expect(lab(shadeOf(scale, 0.25)).l).toBeCloseTo(50, 0);
});

test('contrast agrees with WCAG at its ends', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#777777')).toBe(1);
});

test('whatever the ground, its ink can be read', () => {
  for (const panel of PANELS)
    for (const kind of KINDS) {
      const scale = inked(ramp(panel, kind), ['#1c1c1a', '#e9e9e6']);
      scale.fill.forEach((fill, step) => {
        expect(contrast(fill, scale.ink[step] as string)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
      });
    }
});

test('a preferred ink is used where it can be read', () => {
  expect(inkOn('#ffffff', ['#686863'])).toBe('#686863');
  expect(inkOn('#d55e00', ['#686863'])).toBe('#000000');
});
