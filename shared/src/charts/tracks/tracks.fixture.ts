import type { MeasureIn } from '../../scene/scene.ts';
import { textWidthIn } from '../../scene/text-widths.ts';
import type { Token } from '../../wire/activations.ts';
import type { InkedRamp } from '../inked-ramp.ts';
import { type TokenAxis, tokenAxis } from '../token-axis.ts';
import { barsTrack } from './bars-track.ts';
import { lensTrack } from './lens-track.ts';
import { mapTrack } from './map-track.ts';
import { positionsTrack } from './positions-track.ts';
import { tokensTrack } from './tokens-track.ts';
import type { TrackScene } from './track-scene.ts';

/** Measures text without a browser. */
export const measure: MeasureIn = (face, size) => (text) => textWidthIn(face, size, text);

const RAMP: InkedRamp = {
  fill: ['#ffffff', '#ccddee', '#99bbdd', '#6699cc', '#0072b2'],
  ink: ['#000000', '#000000', '#000000', '#000000', '#ffffff'],
};
const ASIDE: InkedRamp = { fill: ['#f1f1ed'], ink: ['#686863'] };

const TEXTS = ['<|endoftext|>', 'A', ' cat', '\n', ' extraordinarily', '⟨f0⟩', ' sat', ' <b>'];
export const TOKENS: Token[] = TEXTS.map((text, position) => ({
  position,
  id: position,
  text,
  ...(position === 0 && { special: true }),
}));
const special = Uint8Array.from(TOKENS, ({ special }) => (special ? 1 : 0));

/** Eight columns of 30 to 80 pixels, of which the first is out of view and the last is cut off. */
export const AXIS: TokenAxis = tokenAxis([40, 30, 44, 30, 80, 36, 44, 60], 280, 45);
/** The same in columns too narrow for words, and for anything. */
export const UPRIGHT: TokenAxis = tokenAxis(new Array<number>(8).fill(14), 112, 0, false);
export const THIN: TokenAxis = tokenAxis(new Array<number>(8).fill(2), 16, 0, false);

/** Every kind of track on an axis. */
export function allTracks(axis: TokenAxis): Record<string, TrackScene> {
  return {
    tokens: tokensTrack({
      axis,
      tokens: TOKENS,
      values: [null, 2, 4, 0, 8, 0.5, 6, 1],
      most: 8,
      scale: RAMP,
      specialScale: ASIDE,
      measure,
    }),
    positions: positionsTrack({ axis, selected: 2, accent: '#6d28d9', ink: '#686863', measure }),
    bars: barsTrack({
      axis,
      values: [40, 2, 4, 0, 8, 0.02, null, 1],
      most: 8,
      colour: '#0072b2',
      special,
      specialColour: '#d2d2cc',
      line: '#e3e3de',
      ink: '#686863',
      label: (value) => value.toFixed(1),
      measure,
    }),
    map: mapTrack({
      axis,
      height: 40,
      rows: [
        {
          y: 0,
          height: 18,
          values: [90, 1, 2, 3, 4, 0, 2, 1],
          most: 4,
          numbers: [900, 1, 12, 123, 1234, 0, 12345678, 7],
          scale: RAMP,
        },
        { y: 22, height: 18, values: undefined, most: 0, numbers: undefined, scale: RAMP },
      ],
      special,
      specialScale: ASIDE,
      waiting: '#f1f1ed',
      measure,
    }),
    lens: lensTrack({
      axis,
      layers: 2,
      top: (layer, position) =>
        layer === 1 && position === 3
          ? undefined
          : {
              text: TEXTS[(position + 1 + layer) % 8] ?? '',
              probability: 1 / (1 + position),
              cameTrue: layer === 0,
            },
      scale: RAMP,
      waiting: '#f1f1ed',
      measure,
    }),
  };
}
