import { LoupeError } from '@loupe/shared';
import { expect, test } from 'vitest';
import { EventReader } from './event-reader.ts';

function reading() {
  const calls: string[] = [];
  const reader = new EventReader<{ n: number }>({
    ask: (asked) => calls.push(`ask ${asked}`),
    leave: () => calls.push('leave'),
  });
  return { reader, calls };
}

test('hands over events in order, whether they come before or after the read', async () => {
  const { reader, calls } = reading();
  reader.push({ n: 1 });
  expect(await reader.next()).toEqual({ done: false, value: { n: 1 } });
  const second = reader.next();
  const third = reader.next();
  reader.push({ n: 2 });
  reader.push({ n: 3 });
  expect(await second).toEqual({ done: false, value: { n: 2 } });
  expect(await third).toEqual({ done: false, value: { n: 3 } });
  expect(calls).toEqual(['ask 1', 'ask 2', 'ask 3']);
});

test('an error comes after the events that are there, once, and then the end', async () => {
  const { reader, calls } = reading();
  reader.push({ n: 1 });
  reader.end(new LoupeError('LOUPE_ENGINE_CRASHED'));
  expect(await reader.next()).toEqual({ done: false, value: { n: 1 } });
  await expect(reader.next()).rejects.toMatchObject({ code: 'LOUPE_ENGINE_CRASHED' });
  expect(await reader.next()).toEqual({ done: true, value: undefined });
  expect(calls).toEqual([]);
});

test('an error reaches the first of several reads that wait', async () => {
  const { reader } = reading();
  const reads = [reader.next(), reader.next()];
  reader.end(new LoupeError('LOUPE_INTERNAL'));
  await expect(reads[0]).rejects.toMatchObject({ code: 'LOUPE_INTERNAL' });
  expect(await reads[1]).toEqual({ done: true, value: undefined });
});

test('leaving ends a read that waits, at once', async () => {
  const { reader, calls } = reading();
  const waiting = reader.next();
  await reader.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
  reader.push({ n: 1 });
  expect(await reader.next()).toEqual({ done: true, value: undefined });
  await reader.return();
  expect(calls).toEqual(['ask 1', 'leave']);
});

test('abort throws away what has not been read', async () => {
  const { reader } = reading();
  reader.push({ n: 1 });
  reader.abort(new LoupeError('LOUPE_CANCELLED'));
  await expect(reader.next()).rejects.toMatchObject({ code: 'LOUPE_CANCELLED' });
});

test('a refusal to be asked is what the read throws', async () => {
  const reader = new EventReader({
    ask: () => {
      throw new LoupeError('LOUPE_QUEUE_FULL');
    },
    leave: () => undefined,
  });
  await expect(reader.next()).rejects.toMatchObject({ code: 'LOUPE_QUEUE_FULL' });
  expect(await reader.next()).toEqual({ done: true, value: undefined });
});
