import {
  type FeatureInfo,
  fitText,
  formatActivation,
  formatCount,
  MARK_PATHS,
  promptTokenLabel,
  svgDocument,
  svgTag,
  svgText,
  tokenLabel,
} from '@loupe/shared';
import { shadeOf, stepOf } from '../../charts/colour-scale.ts';
import { MONO, SANS } from '../../charts/faces.ts';
import { readableWidths } from '../../charts/token-axis.ts';
import { lensTop } from '../../stores/prompt/lens-cells.ts';
import type { Run } from '../../stores/prompt/run.ts';
import type { Shade } from '../../stores/prompt/state.ts';
import { findFeature, shortName } from './feature-ref.ts';
import { mapLayout } from './map-rows.ts';
import { mapShading, shareOf } from './map-shade.ts';
import { SHADE_WORDS } from './shade-words.ts';
import { sourceStats } from './source-stats.ts';
import { specialMask } from './special.ts';
import { surprisalShading, type TokenShading, tokenShading } from './token-shade.ts';
import { GUTTER, lensRowHeight } from './tracks-layout.ts';
import type { TracksPalette } from './tracks-palette.ts';

/** The tracks that a picture can have under its tokens. */
export type TracksPart = 'surprisal' | 'map' | 'pinned' | 'lens';

export interface TracksFigure {
  run: Run;
  parts: readonly TracksPart[];
  pinned: readonly string[];
  shade: Shade;
  features: ReadonlyMap<string, FeatureInfo>;
  palette: TracksPalette;
}

/** Widths of characters without a browser to measure them: those of the monospace face. */
const PER_EM = 0.6;
const monoWidth = (size: number) => (text: string) => Array.from(text).length * size * PER_EM;

/** The width that a short prompt fills. */
const PAGE = 960;
/** Longer prompts than this have their tokens upright, in narrow even columns. */
const READABLE_TOKENS = 220;
const NARROW = 14;
const EDGE = 12;
const BAR_HEIGHT = 32;

interface Columns {
  x: number[];
  width: number[];
  upright: boolean;
}

/** The tracks as an SVG document, drawn from the run itself. */
export function tracksSvg(figure: TracksFigure): string {
  const { run, parts, palette } = figure;
  const labels = run.tokens.map(promptTokenLabel);
  const upright = labels.length > READABLE_TOKENS;
  const width = upright
    ? labels.map(() => NARROW)
    : readableWidths(
        labels.map((label) => monoWidth(12)(label) + EDGE),
        PAGE,
      );
  const x: number[] = [];
  let right = GUTTER;
  for (const each of width) {
    x.push(right);
    right += each;
  }
  const columns: Columns = { x, width, upright };

  const sections: Section[] = [tokenSection(figure, columns, labels)];
  if (parts.includes('surprisal')) sections.push(surprisalSection(figure, columns));
  if (parts.includes('map')) sections.push(mapSection(figure, columns));
  if (parts.includes('pinned')) {
    for (const id of figure.pinned) sections.push(pinnedSection(figure, columns, id));
  }
  if (parts.includes('lens') && run.lens) sections.push(lensSection(figure, columns));

  let y = EDGE;
  let content = '';
  for (const section of sections) {
    content += svgTag('g', { transform: `translate(0 ${y})` }, section.content);
    y += section.height;
  }
  const root = svgTag(
    'g',
    {
      'font-family': SANS,
      'font-size': 11,
      'font-variant-ligatures': 'none',
      fill: palette.colours.text,
    },
    content,
  );
  const prompt = run.prompt.length > 200 ? `${run.prompt.slice(0, 200)}…` : run.prompt;
  return svgDocument(
    { width: right + EDGE, height: y + EDGE },
    palette.colours.panel,
    prompt,
    root,
  );
}

interface Section {
  content: string;
  height: number;
}

function label(figure: TracksFigure, text: string, y: number): string {
  return svgText(text, { x: EDGE, y, fill: figure.palette.colours.muted });
}

function tokenSection(figure: TracksFigure, columns: Columns, labels: string[]): Section {
  const { run, palette } = figure;
  const shading = surprisalShading(run);
  const tall = columns.upright ? 84 : 22;
  let content = label(figure, 'token', columns.upright ? tall - 4 : 15);
  run.tokens.forEach((token, t) => {
    const x = columns.x[t] as number;
    const width = (columns.width[t] as number) - 1;
    const step = stepOf(palette.surprisal.fill, shareOf(shading.values[t] ?? 0, shading.most));
    const fill = token.special ? palette.special.fill[0] : palette.surprisal.fill[step];
    const colour = token.special ? palette.special.ink[0] : palette.surprisal.ink[step];
    const room = columns.upright ? tall - 8 : width - 4;
    const text = fitText(labels[t] as string, room, monoWidth(12));
    content += svgTag('rect', { x, width, height: tall, rx: 3, fill });
    content += columns.upright
      ? svgText(text, {
          transform: `translate(${x + width / 2 + 4} ${tall - 4}) rotate(-90)`,
          'font-family': MONO,
          'font-size': 11,
          fill: colour,
        })
      : svgText(text, {
          x: x + width / 2,
          y: 15,
          'text-anchor': 'middle',
          'font-family': MONO,
          'font-size': 12,
          fill: colour,
        });
    if (columns.upright && t % 5 !== 0) return;
    content += svgText(String(t), {
      x: x + width / 2,
      y: tall + 13,
      'text-anchor': 'middle',
      'font-size': 10,
      fill: palette.colours.muted,
    });
  });
  return { content, height: tall + 18 };
}

/** Bars along the prompt, with their values where columns are broad. */
function bars(
  figure: TracksFigure,
  columns: Columns,
  shading: TokenShading,
  colour: string,
  text: (value: number) => string,
): string {
  const { run, palette } = figure;
  const special = specialMask(run.tokens);
  const floor = BAR_HEIGHT + 13;
  const last = run.tokens.length - 1;
  const end = (columns.x[last] ?? GUTTER) + (columns.width[last] ?? 0);
  let content = svgTag('path', {
    d: `M${GUTTER} ${floor + 0.5}H${end}`,
    stroke: palette.colours.line,
  });
  for (let t = 0; t < run.tokens.length; t++) {
    const value = shading.values[t] ?? 0;
    if (value <= 0) continue;
    const column = columns.width[t] as number;
    const width = Math.min(30, Math.floor(column * 0.62));
    const x = (columns.x[t] as number) + Math.floor((column - width) / 2);
    const height = Math.max(1, shareOf(value, shading.most) * BAR_HEIGHT);
    const fill = special[t] ? palette.colours.edge : colour;
    content += svgTag('rect', { x, y: floor - height, width, height, fill });
    if (columns.upright || Number(text(value)) === 0) continue;
    content += svgText(text(value), {
      x: x + width / 2,
      y: floor - height - 3,
      'text-anchor': 'middle',
      'font-size': 10,
      fill: palette.colours.muted,
    });
  }
  return content;
}

function surprisalSection(figure: TracksFigure, columns: Columns): Section {
  const colour = shadeOf(figure.palette.surprisal.fill, 1);
  const content =
    label(figure, 'surprisal, nats', 40) +
    bars(figure, columns, surprisalShading(figure.run), colour, (value) => value.toFixed(1));
  return { content, height: BAR_HEIGHT + 18 };
}

function pinnedSection(figure: TracksFigure, columns: Columns, id: string): Section {
  const { run, palette, features } = figure;
  const found = findFeature(run, id);
  const source = found && run.sources[found.source];
  if (!found || !source) return { content: '', height: 0 };
  const promoted = features.get(id)?.promotes[0];
  const colour = palette.colours[source.kind];
  const content =
    svgTag('path', {
      d: MARK_PATHS[source.kind],
      fill: colour,
      transform: `translate(${EDGE} 19)`,
    }) +
    svgText(shortName(source, found.feature), { x: EDGE + 15, y: 28, 'font-family': MONO }) +
    (promoted
      ? svgText(fitText(tokenLabel(promoted.text), GUTTER - EDGE - 19, monoWidth(10)), {
          x: EDGE + 15,
          y: 41,
          'font-family': MONO,
          'font-size': 10,
          fill: palette.colours.muted,
        })
      : '') +
    bars(figure, columns, tokenShading(run, id), colour, formatActivation);
  return { content, height: BAR_HEIGHT + 18 };
}

function mapSection(figure: TracksFigure, columns: Columns): Section {
  const { run, shade, palette } = figure;
  const layout = mapLayout(run.sources);
  const shading = mapShading(run, shade);
  const special = specialMask(run.tokens);
  const scales = [...new Set(run.sources.map(({ kind }) => kind))].map((kind) => {
    const most = shading.most[kind];
    return `${kind} 0 to ${shade === 'count' ? formatCount(most) : formatActivation(most)}`;
  });
  const aside = special.includes(1) ? '; special tokens left out of the scale' : '';
  const head = `active features, shade: ${SHADE_WORDS[shade]}, ${scales.join(', ')}${aside}`;
  let content = label(figure, head, 18);
  for (const row of layout.rows) {
    const y = row.y + 28;
    content += svgTag('path', {
      d: MARK_PATHS[row.kind],
      fill: palette.colours[row.kind],
      transform: `translate(${EDGE} ${y + row.height / 2 - 5.5})`,
    });
    content += svgText(row.label, { x: EDGE + 15, y: y + row.height / 2 + 3.5 });
    const active = run.activations[row.source];
    const counts = active && sourceStats(active).count;
    const values = shading.values[row.source];
    for (let t = 0; t < run.tokens.length; t++) {
      const x = columns.x[t] as number;
      const width = (columns.width[t] as number) - 1;
      const box = { x, y, width, height: row.height - 1 };
      if (!counts || !values) {
        content += svgTag('rect', { ...box, fill: palette.colours.sunken });
        continue;
      }
      const scale = special[t] ? palette.special : palette.kinds[row.kind];
      const share = special[t] ? 0 : shareOf(values[t] as number, shading.most[row.kind]);
      const step = stepOf(scale.fill, share);
      content += svgTag('rect', { ...box, fill: scale.fill[step] });
      const text = formatCount(counts[t] as number);
      if (text.length * 6.6 > width) continue;
      content += svgText(text, {
        x: x + width / 2,
        y: y + (row.height - 1) / 2 + 4,
        'text-anchor': 'middle',
        fill: scale.ink[step],
      });
    }
  }
  return { content, height: layout.height + 34 };
}

function lensSection(figure: TracksFigure, columns: Columns): Section {
  const { run, palette } = figure;
  const { lens } = run;
  if (!lens) return { content: '', height: 0 };
  const layers = lens.layers.length;
  const tall = lensRowHeight(layers);
  const head = 'logit lens: most probable next token after each layer, shade: probability 0 to 1';
  let content = label(figure, head, 18);
  for (let row = 0; row < layers; row++) {
    const layer = layers - 1 - row;
    const y = row * tall + 28;
    content += svgText(`L${layer}`, { x: EDGE, y: y + tall / 2 + 3.5 });
    for (let t = 0; t < run.tokens.length; t++) {
      const top = lensTop(lens, layer, t);
      if (!top) continue;
      const x = columns.x[t] as number;
      const width = (columns.width[t] as number) - 1;
      const step = stepOf(palette.logit.fill, top.probability);
      content += svgTag('rect', { x, y, width, height: tall - 1, fill: palette.logit.fill[step] });
      if (columns.upright) continue;
      content += svgText(fitText(tokenLabel(top.text), width - 4, monoWidth(10)), {
        x: x + width / 2,
        y: y + tall / 2 + 3,
        'text-anchor': 'middle',
        'font-family': MONO,
        'font-size': 10,
        fill: palette.logit.ink[step],
      });
    }
  }
  return { content, height: layers * tall + 34 };
}
