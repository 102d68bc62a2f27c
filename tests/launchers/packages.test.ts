import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { packagesAreInstalled, stampPackages } from '../../scripts/lib/installed-packages.mjs';
import { projectRoot } from '../../scripts/lib/project-root.mjs';
import { runCommand } from '../../scripts/lib/run-command.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const root = temporaryFolder();
const lock = {
  packages: {
    '': { name: 'x' },
    server: { version: '0.1.0' },
    'node_modules/server': { link: true },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/for-other-systems': { version: '2.0.0', optional: true },
  },
};

function write(path: string, value: unknown) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(value));
}

function install(version: string) {
  write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version } } });
}

beforeEach(() => {
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  write('package-lock.json', lock);
  write('package.json', { name: 'x' });
});

test('nothing is installed at first, or after an installation that broke off', () => {
  expect(packagesAreInstalled(root)).toBe(false);
  mkdirSync(join(root, 'node_modules/a'), { recursive: true });
  expect(packagesAreInstalled(root)).toBe(false);
});

test('what somebody else has installed counts if it is what the lockfile asks for', () => {
  install('1.0.0');
  expect(packagesAreInstalled(root)).toBe(true);
});

test('another version, or a package that is missing, does not count', () => {
  install('0.9.0');
  expect(packagesAreInstalled(root)).toBe(false);
  write('node_modules/.package-lock.json', { packages: {} });
  expect(packagesAreInstalled(root)).toBe(false);
});

test('a changed lockfile wants another installation, unless that has happened', () => {
  install('1.0.0');
  stampPackages(root);
  expect(packagesAreInstalled(root)).toBe(true);
  write('package-lock.json', {
    packages: { ...lock.packages, 'node_modules/a': { version: '1.1.0' } },
  });
  expect(packagesAreInstalled(root)).toBe(false);
  install('1.1.0');
  expect(packagesAreInstalled(root)).toBe(true);
});

test('a dependency that the lockfile does not know wants another installation', () => {
  install('1.0.0');
  stampPackages(root);
  write('package.json', { name: 'x', scripts: { start: 'changed' } });
  expect(packagesAreInstalled(root)).toBe(true);
  write('package.json', { name: 'x', dependencies: { b: '1.0.0' } });
  expect(packagesAreInstalled(root)).toBe(false);
});

test('every launcher can begin where no package is installed yet', async () => {
  const bare = temporaryFolder();
  cpSync(join(projectRoot, 'scripts'), join(bare, 'scripts'), { recursive: true });
  const launchers = readdirSync(join(bare, 'scripts')).filter((name) => name.endsWith('.mjs'));
  expect(launchers.length).toBeGreaterThan(3);
  const imports = launchers.map((name) => {
    const text = readFileSync(join(bare, 'scripts', name), 'utf8');
    return text.match(/await import\('\.(.*)'\)/)?.[1];
  });
  const program = imports.map((path) => `await import('./scripts${path}');`).join('\n');
  const args = ['--input-type=module', '-e', program];
  const { status, stderr } = await runCommand(process.execPath, args, { cwd: bare });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test('one version stands in every package, the lockfile and the changelog', () => {
  const read = (path: string) => JSON.parse(readFileSync(join(projectRoot, path), 'utf8'));
  const { version, workspaces } = read('package.json');
  const lock = read('package-lock.json');
  expect(lock.packages[''].version).toBe(version);
  for (const name of workspaces) {
    const manifest = read(`${name}/package.json`);
    expect(manifest.version, name).toBe(version);
    expect(manifest.dependencies['@loupe/shared'] ?? version, name).toBe(version);
    expect(lock.packages[name].version, name).toBe(version);
  }
  const changelog = readFileSync(join(projectRoot, 'CHANGELOG.md'), 'utf8');
  const released = changelog.match(/^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$/m)?.[1];
  expect(released).toBe(version);
});
