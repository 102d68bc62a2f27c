import { LoupeError, type PathsRequest, type PathsResponse, parseFeatureId } from '@loupe/shared';
import type { GivenPrompt } from './given-prompt.ts';
import { print, printJson } from './output.ts';
import { table } from './table.ts';
import { withEngine } from './with-engine.ts';

/** The options of the command as commander gives them. */
export interface PathsOptions {
  model?: string;
  feature?: string;
  target?: string;
  distractor?: string;
  iterations?: number;
  branches?: number;
  firstPosition?: true;
  tokens?: number[];
  bos: boolean;
  json?: true;
}

/**
 * Searches paths on an engine of its own and prints them.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` for a text that is no feature, and what the engine refuses
 */
export async function runPaths(given: GivenPrompt, options: PathsOptions): Promise<void> {
  const { feature, target, distractor, iterations, branches, firstPosition, bos } = options;
  const request: Omit<PathsRequest, 'model'> = {
    ...given,
    prependBos: bos,
    ...(feature !== undefined && featureAt(feature)),
    ...((target ?? distractor) !== undefined && {
      target: {
        ...(target !== undefined && { tokens: [target] }),
        ...(distractor !== undefined && { minus: [distractor] }),
      },
    }),
    ...(iterations !== undefined && { iterations }),
    ...(branches !== undefined && { branches }),
    ...(firstPosition && { firstPosition }),
  };
  await withEngine(options.model, async (engine, model) => {
    for await (const answer of engine.run('paths', { model, ...request })) {
      if (options.json) await printJson(answer);
      else print(pathTable(answer));
    }
  });
}

/** `8-tres-dc/89@14`, or without a position. */
function featureAt(text: string): Pick<PathsRequest, 'feature' | 'position'> {
  const [, feature = '', position] = /^([^@]+)(?:@(-?\d{1,6}))?$/.exec(text) ?? [];
  if (parseFeatureId(feature)) {
    return { feature, ...(position !== undefined && { position: Number(position) }) };
  }
  throw new LoupeError(
    'LOUPE_BAD_REQUEST',
    `"${text}" is no feature. Write one as 8-tres-dc/89, with @ and a position where it is not the last (@-2 is the one before).`,
  );
}

function pathTable({ root, paths }: PathsResponse): string {
  const short = (value: number | null) => value?.toPrecision(3) ?? '';
  const rows = paths.map(({ nodes, contribution, invariant, dependent }) => [
    nodes.map(({ label }) => label).join(' ← '),
    short(contribution),
    short(invariant),
    short(dependent),
  ]);
  const head = `${root.label} at ${root.position}`;
  return table(
    [head, 'contribution', 'invariant', 'dependent'],
    [['', short(root.contribution), '', ''], ...rows],
    [1, 2, 3],
  );
}
