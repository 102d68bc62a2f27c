import { expect, test } from 'vitest';
import { endings, progressText, shareOf } from './download-progress.ts';
import { download } from './models.fixture.ts';

test('bytes, rate and time left are told in words', () => {
  const running = download({
    bytes: 1.214e9,
    totalBytes: 3.4e9,
    bytesPerSecond: 24e6,
    secondsLeft: 91,
  });
  expect(progressText(running)).toBe('1.21 of 3.40 GB · 24.0 MB/s · 91 s left');
  expect(shareOf(running)).toBeCloseTo(0.357, 3);
  expect(progressText({ ...running, converted: 2 })).toMatch(/ · 2 of 6 sources ready$/);
  const slow = download({ bytes: 5e6, totalBytes: 3.4e9, bytesPerSecond: null, secondsLeft: null });
  expect(progressText(slow)).toBe('5.00 MB of 3.40 GB');
});

test('what is not known yet is not made up', () => {
  const first = download({ bytes: 0, totalBytes: 0, bytesPerSecond: null, secondsLeft: null });
  expect(shareOf(first)).toBeNull();
  expect(progressText(first)).toBe('0 bytes');
  expect(progressText(download({ status: 'checking' }))).toBe('Checking what is there already');
});

test('converting counts sources', () => {
  const converting = download({ status: 'converting', converted: 3 });
  expect(progressText(converting)).toBe('Converting for fast reading · 3 of 6 sources');
  expect(shareOf(converting)).toBe(0.5);
  expect(shareOf(download({ status: 'converting', toConvert: 0 }))).toBeNull();
});

test('what broke off says what is kept', () => {
  expect(progressText(download({ status: 'cancelled' }))).toBe(
    'Cancelled · 250 bytes of 1.00 kB are kept for next time',
  );
  expect(progressText(download({ status: 'failed', bytes: 0 }))).toBe('Failed');
  expect(progressText(download({ status: 'done' }))).toBe('Installed · 1.00 kB');
});

test('only what has ended since is told aloud', () => {
  const before = [download(), download({ id: '2', status: 'done' }), download({ id: '3' })];
  const after = [
    download({ status: 'done' }),
    download({ id: '2', status: 'done' }),
    download({ id: '3', bytes: 900 }),
    download({ id: '4', status: 'failed' }),
  ];
  expect(endings(before, after).map(({ id }) => id)).toEqual(['1']);
  expect(endings([], after)).toEqual([]);
});
