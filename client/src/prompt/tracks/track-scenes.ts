import {
  barsTrack,
  formatActivation,
  lensTrack,
  mapTrack,
  type TokenAxis,
  type TokenColours,
  type TrackScene,
} from '@loupe/shared';
import { shadeOf } from '../../charts/colour-scale.ts';
import { measureIn } from '../../charts/text-width.ts';
import { lensTop } from '../../stores/prompt/lens-cells.ts';
import type { Run } from '../../stores/prompt/run.ts';
import { findFeature } from './feature-ref.ts';
import { lensLayers } from './lens-layers.ts';
import type { MapLayout } from './map-rows.ts';
import type { MapShading } from './map-shade.ts';
import { sourceStats } from './source-stats.ts';
import { specialMask } from './special.ts';
import { surprisalShading, type TokenShading, tokenShading } from './token-shade.ts';
import type { TracksPalette } from './tracks-palette.ts';

// Each track of a run as a scene. The page paints it for what is on screen and an export for the
// whole prompt: what differs between the two is the axis alone.

/** A head that looks at BOS alone should not look as if it did at others: its scale reaches this far. */
const MIN_ATTENTION = 0.1;
const oneDecimal = (value: number) => value.toFixed(1);

/** What colours the tokens. */
export function tokenColours(
  run: Run,
  shading: TokenShading,
  { surprisal, kinds, special }: TracksPalette,
): TokenColours {
  const scale = shading.kind === 'surprisal' ? surprisal : kinds[shading.kind];
  const { values, most } = shading;
  return { tokens: run.tokens, values, most, scale, specialScale: special };
}

/** Surprisal of each token as bars, in nats. */
export function surprisalScene(run: Run, axis: TokenAxis, palette: TracksPalette): TrackScene {
  const { line, muted } = palette.colours;
  return barsTrack({
    axis,
    ...surprisalShading(run),
    colour: shadeOf(palette.surprisal.fill, 1),
    special: specialMask(run.tokens),
    specialColour: line,
    line,
    ink: muted,
    label: oneDecimal,
    measure: measureIn,
  });
}

/** A feature along the prompt as bars; without any where its source has not arrived. */
export function featureScene(
  run: Run,
  id: string,
  axis: TokenAxis,
  palette: TracksPalette,
): TrackScene {
  const found = findFeature(run, id);
  const source = found && run.sources[found.source];
  const arrived = found !== undefined && run.activations[found.source] !== undefined;
  const { values, most } = arrived ? tokenShading(run, id) : { values: [], most: 0 };
  const { colours } = palette;
  return barsTrack({
    axis,
    values,
    most,
    colour: source ? colours[source.kind] : colours.muted,
    special: specialMask(run.tokens),
    specialColour: colours.edge,
    line: colours.line,
    ink: colours.muted,
    label: formatActivation,
    measure: measureIn,
  });
}

/** Where a head looks from one token as bars, in percent of its attention. */
export function attentionScene(
  run: Run,
  shares: ArrayLike<number>,
  axis: TokenAxis,
  palette: TracksPalette,
): TrackScene {
  const { attention, edge, line, muted } = palette.colours;
  const special = specialMask(run.tokens);
  let most = MIN_ATTENTION;
  for (let t = 0; t < shares.length; t++) if (!special[t]) most = Math.max(most, shares[t] ?? 0);
  return barsTrack({
    axis,
    values: shares,
    most,
    colour: attention,
    special,
    specialColour: edge,
    line,
    ink: muted,
    label: (share) => (share * 100).toFixed(share < 0.1 || share > 0.99 ? 1 : 0),
    measure: measureIn,
  });
}

/** Number of active features of each source on each token, shaded by what `shading` says. */
export function mapScene(
  run: Run,
  layout: MapLayout,
  shading: MapShading,
  axis: TokenAxis,
  palette: TracksPalette,
): TrackScene {
  return mapTrack({
    axis,
    height: layout.height,
    rows: layout.rows.map(({ source, kind, y, height }) => {
      const active = run.activations[source];
      return {
        y,
        height,
        values: shading.values[source],
        most: shading.most[kind],
        numbers: active && sourceStats(active).count,
        scale: palette.kinds[kind],
      };
    }),
    special: specialMask(run.tokens),
    specialScale: palette.special,
    waiting: palette.colours.sunken,
    measure: measureIn,
  });
}

/** The most probable next token after each layer. */
export function lensScene(run: Run, axis: TokenAxis, palette: TracksPalette): TrackScene {
  const { lens, tokens } = run;
  return lensTrack({
    axis,
    layers: lensLayers(run),
    top: (layer, position) => {
      const top = lens && lensTop(lens, layer, position);
      return top && { ...top, cameTrue: tokens[position + 1]?.id === top.id };
    },
    scale: palette.logit,
    waiting: palette.colours.sunken,
    measure: measureIn,
  });
}
