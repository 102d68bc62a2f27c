import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { cacheFolder } from '../../scripts/lib/cache-folder.mjs';
import { projectRoot } from '../../scripts/lib/project-root.mjs';

interface Step {
  run?: string;
  uses?: string;
  with?: Record<string, unknown>;
}

const workflow = parse(readFileSync(join(projectRoot, '.github/workflows/ci.yml'), 'utf8'));
const steps: Step[] = workflow.jobs.check.steps;

test('public CI runs .ci/run on every push and pull request', () => {
  expect(Object.keys(workflow.on)).toEqual(['push', 'pull_request']);
  expect(steps.at(-1)?.run).toBe('.ci/run');
  accessSync(join(projectRoot, '.ci/run'), constants.X_OK);
  const [node] = steps.flatMap((step) => step.with?.['node-version'] ?? []);
  const { engines } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  expect(engines.node).toContain(String(node));
});

test('it keeps what is fetched for TensorFlow, until another version is wanted', () => {
  const { path, key } = steps.find(({ uses }) => uses?.startsWith('actions/cache'))?.with ?? {};
  expect(path).toBe(cacheFolder({}, 'linux', '~'));
  const hashed = [...String(key).matchAll(/'([^']+)'/g)].map(([, file]) => file ?? '');
  expect(hashed.length).toBeGreaterThan(0);
  for (const file of hashed) expect(existsSync(join(projectRoot, file)), file).toBe(true);
});
