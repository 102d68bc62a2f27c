import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { readJson } from '../../scripts/lib/json-file.mjs';
import { projectRoot } from '../../scripts/lib/project-root.mjs';
import { bindingInPlace, bindingPlace } from '../../scripts/lib/tensorflow/binding-place.mjs';
import { bindingIn, buildFolder } from '../../scripts/lib/tensorflow/cached-build.mjs';
import { thisMachine, wheelTarget } from '../../scripts/lib/tensorflow/target.mjs';
import { fakeCheckout } from './fake-checkout.ts';
import { localServer } from './local-server.ts';
import { makeZip } from './make-zip.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
const cache = join(folder, 'cache', 'tensorflow');
const { root, compiler } = fakeCheckout(folder);
const packageFolder = join(root, 'node_modules/@tensorflow/tfjs-node-gpu');
const found = wheelTarget(thisMachine(), 'cpu');
const target = 'unsupported' in found ? undefined : found;
const module = join(projectRoot, 'scripts/lib/tensorflow/set-up-tensorflow.mjs');

const noise = Buffer.from(
  Array.from({ length: 2_000_000 }, (_, i) => (i * i * 13 + (i >> 5)) & 255),
);
const [library = '', secondLibrary = ''] = target?.libraries ?? [];
const wheel = makeZip([
  { name: `tensorflow/${library}`, content: noise },
  { name: `tensorflow/${secondLibrary}`, content: Buffer.from('small') },
  { name: 'tensorflow/include/tensorflow/c/c_api.h', content: Buffer.from('// header') },
  { name: 'tensorflow/python/client.py', content: Buffer.from('import this') },
]);
const filename = `${target?.name.replace('-', '_')}-2.21.0-cp312-cp312-${target?.platforms[0]}.whl`;

let requests: string[];
/** Answers the request for the wheel. */
let sendWheel: (response: ServerResponse, from: number) => void;
const index = await localServer((request, response) => {
  const range = request.headers.range;
  requests.push(`${request.url}${range ? ` ${range}` : ''}`);
  if (request.url?.endsWith('.whl')) {
    const from = Number(range?.match(/\d+/)?.[0] ?? 0);
    if (from > 0) {
      response.statusCode = 206;
      response.setHeader('content-range', `bytes ${from}-${wheel.length - 1}/${wheel.length}`);
    }
    sendWheel(response, from);
    return;
  }
  const sha256 = createHash('sha256').update(wheel).digest('hex');
  response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
  const file = { filename, url: `/files/${filename}`, hashes: { sha256 }, size: wheel.length };
  response.end(JSON.stringify({ files: [file] }));
});

beforeEach((context) => {
  if (target === undefined) context.skip('TensorFlow has no wheel for this platform');
  for (const path of [cache, join(packageFolder, 'lib'), join(root, 'node_modules/.loupe')]) {
    rmSync(path, { recursive: true, force: true });
  }
  requests = [];
  sendWheel = (response, from) => void response.end(wheel.subarray(from));
});

/** Sets TensorFlow up in a process that finds neither pip nor another compiler. */
function start(binding: string, options = '{}'): ChildProcess {
  const program = `
    import { setUpTensorflow } from ${JSON.stringify(pathToFileURL(module).href)};
    const works = await setUpTensorflow(${JSON.stringify(root)}, ${options});
    process.exitCode = works ? 0 : 1;`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: '',
      HOME: folder,
      LOUPE_CACHE: join(folder, 'cache'),
      PIP_INDEX_URL: `${index.href}simple`,
      CXX: compiler,
      FAKE_BINDING: binding,
    },
  });
}

async function setUp(binding: string, options?: string) {
  const child = start(binding, options);
  const [output, [status]] = await Promise.all([text(child.stderr!), once(child, 'close')]);
  return { status, output };
}

function builds(): string[] {
  return readdirSync(cache).filter((name) => name !== 'setup.json');
}

function expectSetUp() {
  const build = join(cache, buildName());
  expect(bindingInPlace(packageFolder)).toBe(bindingIn(build));
  expect(readdirSync(join(build, 'tensorflow')).sort()).toEqual(
    [library, secondLibrary, 'tfjs_binding.node'].sort(),
  );
  expect(readFileSync(join(build, 'tensorflow', library)).equals(noise)).toBe(true);
  expect(builds()).toEqual([buildName()]);
}

function buildName() {
  return target === undefined ? '' : (buildFolder(target).split(/[\\/]/).at(-1) as string);
}

test('fetches, unpacks, compiles, tries and links, and keeps only what is needed', async () => {
  const { status, output } = await setUp('compiled');
  expect(output).toContain('is set up and computes correctly on the CPU');
  expect(status).toBe(0);
  expectSetUp();
  expect(requests).toEqual([`/simple/${target?.name}/`, `/files/${filename}`]);
  const report = { state: 'ready', version: '2.21.0', variant: 'cpu', way: 'wheel', gpu: false };
  expect(readJson(join(cache, 'setup.json'))).toMatchObject(report);
});

test('does nothing twice, and links again without fetching after a reinstall', async () => {
  await setUp('compiled');
  requests = [];
  expect(await setUp('compiled')).toEqual({ status: 0, output: '' });
  rmSync(join(packageFolder, 'lib'), { recursive: true });
  rmSync(join(root, 'node_modules/.loupe'), { recursive: true });
  expect((await setUp('compiled')).status).toBe(0);
  expectSetUp();
  expect(requests).toEqual([]);
});

test('builds again where the cache has lost a file, and where the sources change', async () => {
  await setUp('compiled');
  rmSync(join(cache, buildName(), 'tensorflow', library));
  requests = [];
  expect((await setUp('compiled')).status).toBe(0);
  expectSetUp();
  expect(requests).toHaveLength(2);
  const source = join(packageFolder, 'binding/tfjs_backend.cc');
  writeFileSync(source, '// changed');
  rmSync(join(root, 'node_modules/.loupe'), { recursive: true });
  expect((await setUp('compiled')).status).toBe(0);
  expect(requests).toHaveLength(4);
});

test('a kill while fetching leaves nothing finished, and the next attempt goes on there', async () => {
  const half = wheel.length >> 1;
  let child: ChildProcess | undefined;
  sendWheel = (response) => {
    response.setHeader('content-length', wheel.length);
    response.write(wheel.subarray(0, half));
    const part = join(cache, 'downloads');
    const wait = setInterval(() => {
      const name = existsSync(part) && readdirSync(part).find((entry) => entry.endsWith('.part'));
      if (!name || readFileSync(join(part, name)).length < half) return;
      clearInterval(wait);
      child?.kill('SIGKILL');
    }, 5);
  };
  child = start('compiled');
  await once(child, 'close');
  expect(builds().sort()).toEqual(['downloads', 'setup.lock']);
  expect(bindingInPlace(packageFolder)).toBeUndefined();
  requests = [];
  sendWheel = (response, from) => void response.end(wheel.subarray(from));
  expect((await setUp('compiled')).status).toBe(0);
  expectSetUp();
  expect(requests.at(-1)).toBe(`/files/${filename} bytes=${half}-`);
});

test.each([
  ['does not load', 'nonsense', 'not a binding'],
  ['computes wrongly', 'compiled wrong', 'matrix product is wrong'],
  ['does not compile', '', 'out of patience'],
])('a binding that %s is not kept, and the report says why', async (_, binding, reason) => {
  const { status, output } = await setUp(binding);
  expect(status).toBe(1);
  expect(output).toContain(reason);
  expect(output).toContain('Until then Loupe runs on WebAssembly');
  expect(builds()).toEqual([]);
  expect(bindingInPlace(packageFolder)).toBeUndefined();
  const { state, failure } = readJson(join(cache, 'setup.json'));
  expect(state).toBe('failed');
  expect(failure.reason).toContain(reason);
  // Not again today, unless asked for.
  requests = [];
  expect(await setUp(binding)).toEqual({ status: 1, output: '' });
  expect(requests).toEqual([]);
  expect((await setUp('compiled', '{ retry: true }')).status).toBe(0);
  expectSetUp();
});

test('a rebuild that fails leaves what works in place', async () => {
  await setUp('compiled');
  const { status, output } = await setUp('', '{ rebuild: true }');
  expect(output).toContain('out of patience');
  expect(status).toBe(0);
  expectSetUp();
});

test('a binding that somebody else has put there is kept if it works', async () => {
  await setUp('compiled');
  rmSync(join(packageFolder, 'lib/napi-v8/tfjs_binding.node'));
  rmSync(cache, { recursive: true });
  requests = [];
  writeFileSync(bindingPlace(packageFolder), 'compiled by hand');
  expect((await setUp('compiled')).status).toBe(0);
  expect(requests).toEqual([]);
  expect(readJson(join(cache, 'setup.json'))).toMatchObject({ state: 'ready', way: 'existing' });
  writeFileSync(bindingPlace(packageFolder), 'broken by hand');
  expect((await setUp('compiled')).status).toBe(0);
  expectSetUp();
});
