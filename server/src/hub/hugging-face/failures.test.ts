import { expect, test } from 'vitest';
import {
  downloadError,
  HubConnectionError,
  HubStatusError,
  mayPass,
  retryAfterMs,
} from './failures.ts';

const URL_ = new URL('https://hub.example/lab/weights?signature=secret');

test('seconds and dates of Retry-After are read, and nonsense is not', () => {
  const now = Date.parse('2026-01-02T03:04:05Z');
  expect(retryAfterMs('120', now)).toBe(120_000);
  expect(retryAfterMs('Fri, 02 Jan 2026 03:04:35 GMT', now)).toBe(30_000);
  expect(retryAfterMs('Fri, 02 Jan 2026 03:00:00 GMT', now)).toBe(0);
  expect(retryAfterMs('soon', now)).toBeUndefined();
  expect(retryAfterMs(undefined)).toBeUndefined();
});

test.each([429, 500, 502, 503, 504])('%d may pass', (status) => {
  expect(mayPass(new HubStatusError(URL_, status))).toBe(true);
});

test.each([400, 401, 403, 404, 410])('%d does not', (status) => {
  expect(mayPass(new HubStatusError(URL_, status))).toBe(false);
});

test('messages say what to do and keep signatures to themselves', () => {
  const message = (thrown: unknown) =>
    String(downloadError(thrown, 'a.bin of lab/weights', 'PAGE'));
  expect(message(new HubStatusError(URL_, 403, { reason: 'GatedRepo' }))).toMatch(
    /GatedRepo.*PAGE.*HF_TOKEN/,
  );
  expect(message(new HubStatusError(URL_, 404))).toContain('PAGE');
  expect(message(new HubConnectionError('hub.example: gone'))).toContain('is kept');
  expect(message(new HubStatusError(URL_, 500))).not.toContain('secret');
});
