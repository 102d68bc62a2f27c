import {
  formatActivation,
  formatCount,
  type Picture,
  positionsTrack,
  type StackedTrack,
  stackTracks,
  type TokenAxis,
  type TrackLabel,
  tokenLabel,
  tokensTrack,
  wholeAxis,
} from '@loupe/shared';
import { KIND_WORDS } from '../../charts/kind-mark.tsx';
import { measureIn } from '../../charts/text-width.ts';
import type { Run } from '../../stores/prompt/run.ts';
import type { PromptState } from '../../stores/prompt/state.ts';
import { findFeature, shortName } from './feature-ref.ts';
import { mapLayout } from './map-rows.ts';
import { mapShading } from './map-shade.ts';
import { SHADE_WORDS } from './shade-words.ts';
import { tokenShading } from './token-shade.ts';
import { featureScene, lensScene, mapScene, surprisalScene, tokenColours } from './track-scenes.ts';
import { gutterFor } from './tracks-layout.ts';
import type { TracksPalette } from './tracks-palette.ts';

/** The tracks that a picture can have under its tokens. */
export type TracksPart = 'surprisal' | 'map' | 'pinned' | 'lens';

/** Characters of a prompt in the title of its picture. */
const TITLE = 200;

export interface TracksFigure
  extends Pick<PromptState, 'pinned' | 'shade' | 'features' | 'colouring'> {
  run: Run;
  parts: readonly TracksPart[];
  /** The axis on screen. */
  axis: TokenAxis;
  palette: TracksPalette;
}

/** The tracks one below the other, each as the page paints it. */
export function tracksFigure(figure: TracksFigure): Picture {
  const { run, parts, palette } = figure;
  const { colours } = palette;
  const axis = wholeAxis(figure.axis);
  const tracks = [...tokenTracks(figure, axis)];
  if (parts.includes('surprisal')) {
    const scene = surprisalScene(run, axis, palette);
    tracks.push({ scene, labels: [{ text: 'surprisal, nats', y: 34, quiet: true }] });
  }
  if (parts.includes('map')) tracks.push(mapStack(figure, axis));
  if (parts.includes('pinned')) {
    figure.pinned.forEach((id, at) => {
      const track = pinnedStack(figure, axis, id);
      if (track) tracks.push({ ...track, gap: at === 0 ? 8 : 0 });
    });
  }
  if (parts.includes('lens') && run.lens) tracks.push(lensStack(figure, axis));
  const { text: ink, muted, panel } = colours;
  const { prompt } = run;
  const rows = mapLayout(run.sources).rows.map(({ label }) => label);
  const gutter = gutterFor(rows, measureIn('regular', 12));
  return {
    scene: stackTracks(tracks, { gutter, ink, muted, measure: measureIn }),
    ground: panel,
    title: prompt.length > TITLE ? `${prompt.slice(0, TITLE)}…` : prompt,
  };
}

function tokenTracks(figure: TracksFigure, axis: TokenAxis): StackedTrack[] {
  const { run, colouring, palette } = figure;
  const { accent, muted } = palette.colours;
  const shading = tokenShading(run, colouring === 'surprisal' ? null : colouring);
  const tokens = tokensTrack({
    ...tokenColours(run, shading, palette),
    axis,
    measure: measureIn,
  });
  const found = shading.kind === 'surprisal' ? undefined : findFeature(run, colouring);
  const source = found && run.sources[found.source];
  const by =
    found && source
      ? `${source.id}/${found.feature}, 0 to ${formatActivation(shading.most)}`
      : `surprisal, 0 to ${shading.most.toFixed(1)} nats`;
  return [
    {
      head: [`tokens coloured by ${by}`],
      scene: tokens,
      labels: [{ text: 'token', y: tokens.height - 13, quiet: true }],
    },
    {
      scene: positionsTrack({ axis, selected: null, accent, ink: muted, measure: measureIn }),
      labels: [{ text: 'position', y: 7.5, quiet: true }],
    },
  ];
}

function mapStack({ run, shade, palette }: TracksFigure, axis: TokenAxis): StackedTrack {
  const layout = mapLayout(run.sources);
  const shading = mapShading(run, shade);
  const kinds = [...new Set(run.sources.map(({ kind }) => kind))];
  const most = shade === 'count' ? formatCount : formatActivation;
  return {
    gap: 10,
    head: [
      'number in a cell: active features',
      `shade: ${SHADE_WORDS[shade]}`,
      ...kinds.map((kind) => `${KIND_WORDS[kind]} 0 to ${most(shading.most[kind])}`),
      ...(run.tokens.some(({ special }) => special) ? ['special tokens left out'] : []),
    ],
    scene: mapScene(run, layout, shading, axis, palette),
    labels: layout.rows.map(({ label, kind, y, height }) => ({
      text: label,
      y: y + (height - 1) / 2,
      mark: { kind, colour: palette.colours[kind] },
    })),
  };
}

function pinnedStack(
  { run, palette, features }: TracksFigure,
  axis: TokenAxis,
  id: string,
): StackedTrack | undefined {
  const found = findFeature(run, id);
  const source = found && run.sources[found.source];
  if (!found || !source) return undefined;
  const promoted = features.get(id)?.promotes[0];
  const mark = { kind: source.kind, colour: palette.colours[source.kind] };
  const labels: TrackLabel[] = [
    { text: shortName(source, found.feature), y: 20, mono: true, mark },
  ];
  if (promoted) labels.push({ text: tokenLabel(promoted.text), y: 34, mono: true, quiet: true });
  return { scene: featureScene(run, id, axis, palette), labels };
}

function lensStack({ run, palette }: TracksFigure, axis: TokenAxis): StackedTrack {
  const scene = lensScene(run, axis, palette);
  return {
    gap: 10,
    head: [
      'logit lens: most probable next token after each layer',
      'shade: probability 0 to 1',
      'corner: it came true',
    ],
    scene,
    labels: scene.rows.map(({ y, height }, row) => ({
      text: `L${scene.rows.length - 1 - row}`,
      y: y + (height - 1) / 2,
    })),
  };
}
