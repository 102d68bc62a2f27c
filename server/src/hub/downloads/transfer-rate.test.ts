import { expect, test } from 'vitest';
import { TransferRate } from './transfer-rate.ts';

test('the rate is that of the last ten seconds', () => {
  const rate = new TransferRate();
  for (let second = 0; second <= 60; second++) {
    rate.add(second <= 30 ? second * 1000 : 30_000 + (second - 30) * 50, second * 1000);
  }
  expect(rate.bytesPerSecond(60_000)).toBeCloseTo(50, 5);
});

test('it sinks while nothing comes, and is not told at once', () => {
  const rate = new TransferRate();
  rate.add(0, 0);
  expect(rate.bytesPerSecond(400)).toBeNull();
  for (let at = 100; at <= 1000; at += 10) rate.add(at, at);
  expect(rate.bytesPerSecond(1000)).toBeCloseTo(1000, 5);
  expect(rate.bytesPerSecond(4000)).toBeCloseTo(250, 5);
});
