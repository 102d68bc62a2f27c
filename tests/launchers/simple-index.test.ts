import { expect, test } from 'vitest';
import {
  chooseWheel,
  parseIndexPage,
  projectPage,
} from '../../scripts/lib/tensorflow/simple-index.mjs';
import { wheelTarget } from '../../scripts/lib/tensorflow/target.mjs';
import { parseRequirement } from '../../scripts/lib/tensorflow/version.mjs';

const page = new URL('https://index.example/simple/tensorflow-cpu/');
const hash = 'ab'.repeat(32);
const wheel = 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl';
const json = 'application/vnd.pypi.simple.v1+json';

function wheels(names: string[]) {
  const files = names.map((filename) => ({ filename, url: filename, hashes: { sha256: hash } }));
  return parseIndexPage(JSON.stringify({ files }), json, page);
}

function platforms() {
  const machine = { platform: 'linux', arch: 'x64', glibc: '2.36' };
  const target = wheelTarget(machine, 'cpu');
  if ('unsupported' in target) throw new Error(target.unsupported);
  return target.platforms;
}

test('finds a package’s page below any index address', () => {
  const wanted = 'https://index.example/simple/tensorflow-cpu/';
  expect(projectPage('https://index.example/simple', 'Tensorflow_CPU').href).toBe(wanted);
  expect(projectPage('https://index.example/simple/', 'tensorflow.cpu').href).toBe(wanted);
  const secret = projectPage('https://me:word@index.example/root/pypi/+simple', 'a');
  expect(secret.href).toBe('https://me:word@index.example/root/pypi/+simple/a/');
});

test('reads the JSON form, resolving addresses and passing over what is not usable', () => {
  const body = JSON.stringify({
    files: [
      { filename: wheel, url: `../../files/${wheel}`, hashes: { sha256: hash }, size: 274_000_871 },
      { filename: 'old.whl', url: 'https://files.example/old.whl', hashes: {}, yanked: 'broken' },
      { filename: 7, url: 'x' },
      { filename: 'no-address.whl', url: 'http://[' },
      null,
    ],
  });
  const files = parseIndexPage(body, json, page);
  expect(files).toEqual([
    {
      filename: wheel,
      url: new URL(`https://index.example/files/${wheel}`),
      sha256: hash,
      size: 274_000_871,
      yanked: false,
    },
    {
      filename: 'old.whl',
      url: new URL('https://files.example/old.whl'),
      sha256: undefined,
      size: undefined,
      yanked: true,
    },
  ]);
});

test('reads the HTML form with either quotes, entities and yanked files', () => {
  const body = `<!DOCTYPE html><html><body><h1>Links</h1>
    <a href="https://files.example/${wheel}?a=1&amp;b=2#sha256=${hash}"
       data-requires-python="&gt;=3.10">${wheel}</a><br/>
    <A HREF='old.whl#sha256=zz' data-yanked="">old.whl</A>
    <a name="no-address">nothing</a></body></html>`;
  const [first, second, ...rest] = parseIndexPage(body, 'text/html; charset=utf-8', page);
  expect(first?.url.href).toBe(`https://files.example/${wheel}?a=1&b=2`);
  expect(first).toMatchObject({ filename: wheel, sha256: hash, yanked: false });
  expect(second?.url.href).toBe('https://index.example/simple/tensorflow-cpu/old.whl');
  expect(second).toMatchObject({ filename: 'old.whl', sha256: undefined, yanked: true });
  expect(rest).toEqual([]);
});

test('refuses JSON that lists no files', () => {
  expect(() => parseIndexPage('{}', json, page)).toThrow('lists no files');
});

test('chooses the wheel of the version, the Python and a platform that the machine runs', () => {
  const files = wheels([
    'tensorflow_cpu-2.21.0-cp312-cp312-win_amd64.whl',
    'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    'tensorflow_cpu-2.21.0rc1-cp312-cp312-manylinux_2_27_x86_64.whl',
    'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_39_x86_64.whl',
    'tensorflow_cpu_other-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
    'tensorflow_cpu-2.21.0.tar.gz',
    wheel,
  ]);
  const requirement = parseRequirement('tensorflow-cpu==2.21.0');
  expect(chooseWheel(files, requirement, platforms())?.filename).toBe(wheel);
  const newer = parseRequirement('tensorflow-cpu==2.22.0');
  expect(chooseWheel(files, newer, platforms())).toBeUndefined();
});

test('chooses the newest of those allowed, whatever Python they say to be for', () => {
  const files = wheels([
    'nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl',
    'nvidia_cublas_cu12-12.10.0.1-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    'nvidia_cublas_cu12-12.10.0.1-py3-none-manylinux_2_27_aarch64.whl',
    'nvidia_cublas_cu12-13.0.0.1-py3-none-manylinux_2_27_x86_64.whl',
    'nvidia_cublas_cu12-12.5.0.1-py3-none-manylinux_2_27_x86_64.whl',
  ]);
  const chosen = chooseWheel(
    files,
    parseRequirement('nvidia-cublas-cu12<13.0,>=12.5.3.2'),
    platforms(),
  );
  expect(chosen?.filename).toMatch(/^nvidia_cublas_cu12-12\.10\.0\.1-.*2014/);
});

test('never chooses a yanked file', () => {
  const files = wheels([wheel]).map((file) => ({ ...file, yanked: true }));
  expect(chooseWheel(files, parseRequirement('tensorflow-cpu==2.21.0'), platforms())).toBe(
    undefined,
  );
});
