import { expect, test } from 'vitest';
import { isAnnouncement, readAnnouncement, resolveUrl } from './remote-file.ts';

const ENDPOINT = 'https://hub.example/mirror';
const FILE = { repository: 'lab/weights', revision: 'refs/pr/1', path: 'a b/l1+00%.pt' };
const SHA256 = 'a'.repeat(64);
const SHA1 = 'B'.repeat(40);
const at = new URL('https://hub.example/somewhere');

test('what is special in an address is written so that it is not', () => {
  expect(resolveUrl(ENDPOINT, FILE).href).toBe(
    'https://hub.example/mirror/lab/weights/resolve/refs%2Fpr%2F1/a%20b/l1%2B00%25.pt',
  );
});

test('the hub speaks of what it redirects to before that speaks for itself', () => {
  const redirect = {
    'x-repo-commit': 'c1',
    'x-linked-etag': `"${SHA256}"`,
    'x-linked-size': '500',
    'content-length': '0',
    etag: '"of-the-redirect"',
  };
  expect(isAnnouncement(redirect)).toBe(true);
  const stored = { etag: '"0123"', 'content-length': '499' };
  const read = readAnnouncement(ENDPOINT, FILE, {
    headers: stored,
    redirects: [redirect],
    url: at,
  });
  expect(read).toMatchObject({
    commit: 'c1',
    size: 500,
    etag: SHA256,
    hash: { algorithm: 'sha256', digest: SHA256 },
  });
  expect(read.url.href).toContain('/resolve/c1/');
});

test('a file in the repository itself is named by its blob', () => {
  const headers = { etag: `W/"${SHA1}"`, 'content-length': '20', 'x-repo-commit': 'c1' };
  expect(isAnnouncement(headers)).toBe(false);
  expect(readAnnouncement(ENDPOINT, FILE, { headers, redirects: [], url: at })).toMatchObject({
    size: 20,
    hash: { algorithm: 'git-sha1', digest: SHA1.toLowerCase() },
  });
});

test('a mirror that names neither commit nor hash is taken at its word', () => {
  const headers = { etag: '"5f-abc"', 'content-length': '20' };
  expect(readAnnouncement(ENDPOINT, FILE, { headers, redirects: [], url: at })).toMatchObject({
    commit: 'refs/pr/1',
    etag: '5f-abc',
    hash: undefined,
  });
});

test.each<[string, Record<string, string>]>([
  ['length', { etag: '"5f-abc"' }],
  ['content', { 'content-length': '20' }],
  ['length as a number', { etag: '"5f-abc"', 'content-length': 'long' }],
])('what does not say its %s is no hub', (_, headers) => {
  expect(() => readAnnouncement(ENDPOINT, FILE, { headers, redirects: [], url: at })).toThrow(
    'as a hub does',
  );
});
