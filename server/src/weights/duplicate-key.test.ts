import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duplicateKey } from './duplicate-key.ts';

// The same examples every time: a failure then says something about the code.
fc.configureGlobal({ seed: 20 });

test.each([
  ['{"a":1,"b":2,"a":3}', 'a'],
  ['{"a" :1,\n"\\u0061":2}', 'a'],
  ['[{"x":{"y":1, "y" : 2}}]', 'y'],
  ['{"a":{"a":1},"b":[{"a":1},{"a":"a"}]}', undefined],
  ['{"a":"b","b":"a: \\"b\\":"}', undefined],
  ['{"\\\\":1,"\\\\\\"":2}', undefined],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['"a"', undefined],
  ['{}', undefined],
])('%s', (json, expected) => {
  expect(duplicateKey(json)).toBe(expected);
});

test('finds none in what JSON.stringify writes, and the one put in', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (object, key) => {
      expect(duplicateKey(JSON.stringify(object, null, 1))).toBeUndefined();
      const pair = `${JSON.stringify(key)}:${JSON.stringify(object)}`;
      expect(duplicateKey(`{${pair},${pair}}`)).toBe(key);
    }),
  );
});
