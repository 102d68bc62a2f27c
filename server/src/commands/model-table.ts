import { describeConvention, layerRanges, type ModelInfo } from '@loupe/shared';
import { table } from './table.ts';

/** The installed models with their sets, for people. */
export function modelTable(models: readonly ModelInfo[]): string {
  const head = [
    'model',
    'layers',
    'd_model',
    'context',
    'set',
    'reads',
    'at layers',
    'width',
    'input',
    'precision',
  ];
  const rows = models.flatMap(({ id, architecture, sources, variants }) => {
    const { layers, dModel, context } = architecture;
    const all = [...sources, ...variants];
    const described = [...new Set(all.map(setOf))].map((set) => [
      set,
      ...setCells(all.filter((source) => setOf(source) === set)),
    ]);
    const [first = ['none', '', '', '', '', ''], ...others] = described;
    return [
      [id, layers, dModel, context, ...first],
      ...others.map((cells) => ['', '', '', '', ...cells]),
    ];
  });
  return table(head, rows, [1, 2, 3, 7]);
}

/** The set of a source, or `att-kk__raw-z` of a variant. */
function setOf({ id }: ModelInfo['sources'][number]): string {
  return id.slice(id.indexOf('-') + 1);
}

function setCells(sources: ModelInfo['sources']): string[] {
  const widths = [...new Set(sources.map(({ width }) => width))];
  const inputs = [...new Set(sources.map(({ convention }) => describeConvention(convention)))];
  return [
    sources[0]?.kind ?? '',
    layerRanges(sources.map(({ layer }) => layer)),
    widths.join(', '),
    inputs.join(', '),
    [...new Set(sources.flatMap(({ precision }) => precision ?? []))].join('; '),
  ];
}
