import { expect, test } from 'vitest';
import { hostRule } from './host-rule.ts';

test('a server elsewhere answers to the name or address that it listens at', () => {
  const isOwn = hostRule('GPU-box.lab.example', []);
  expect(isOwn('gpu-box.lab.example:4173')).toBe(true);
  expect(isOwn('gpu-box.lab.example.evil.example')).toBe(false);
  expect(isOwn('192.168.1.20')).toBe(false);
  expect(hostRule('192.168.1.20', [])('192.168.1.20:80')).toBe(true);
  expect(hostRule('fe80::1', [])('[fe80::1]:80')).toBe(true);
});

test.each([
  undefined,
  '',
  ' ',
  ':4173',
  'localhost:',
  'localhost:port',
  '[::1',
  '::1',
  'a b',
  'a,b',
])('a host of %s is refused', (header) => {
  expect(hostRule('0.0.0.0', [])(header)).toBe(false);
});
