import { expect, test } from 'vitest';
import { type PathNode, pathEdges, pathName } from './path.ts';

const root: PathNode = { kind: 'root' };
const head: PathNode = { kind: 'head', layer: 9, head: 1, position: 6 };
const feature: PathNode = { kind: 'feature', source: '0-tc', layer: 0, feature: 17, position: 6 };
const embedding: PathNode = { kind: 'embedding', position: 6 };
const path = (contribution: number, ...nodes: PathNode[]) => ({ nodes, contribution });

test('a path is named by its nodes', () => {
  expect(pathName(path(1, root, head, feature, embedding))).toBe(
    'root <- L9H1@6 <- 0-tc/17@6 <- embedding@6',
  );
});

test('an edge sums over distinct paths that end with it', () => {
  const edges = pathEdges([
    path(7, root, head),
    path(5, root, feature),
    path(4, root, head, feature),
    path(4, root, head, feature),
    path(2, root, feature, embedding),
    path(1, root, head, feature, embedding),
  ]);
  expect(Object.fromEntries(edges)).toEqual({
    'root <- L9H1@6': 7,
    'root <- 0-tc/17@6': 5,
    'L9H1@6 <- 0-tc/17@6': 4,
    '0-tc/17@6 <- embedding@6': 3,
  });
});
