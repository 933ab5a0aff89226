import { expect, test } from 'vitest';
import { interest, rank } from './interest.ts';

const PLAIN = {
  kind: 'function' as const,
  role: null,
  symbol: null,
  instructions: 50,
  names: [],
  capabilities: [],
  calls: [],
  strings: [],
};

test('what a reader looks for first comes first', () => {
  const ordered = [
    { ...PLAIN, role: 'main' as const, instructions: 3 },
    { ...PLAIN, names: [{ name: 'md5_process_block', score: 0.95 }], instructions: 900 },
    { ...PLAIN, calls: ['socket', 'connect', 'execve'], strings: ['GET / HTTP/1.1', '/bin/sh'] },
    { ...PLAIN, capabilities: [{ text: 'encrypts by AES', kind: 'algorithm' as const, because: [] }] },
    { ...PLAIN, names: [{ name: 'xstrdup', score: 0.3 }] },
    { ...PLAIN },
    { ...PLAIN, kind: 'fragment' as const, instructions: 100_000, symbol: 'main.cold' },
    { ...PLAIN, kind: 'thunk' as const, symbol: 'execve', calls: ['execve'] },
  ];
  const points = ordered.map(interest);
  expect(points).toEqual([...points].sort((a, b) => b - a));
});

test('ranks are 1 to n, and of two alike the first comes first', () => {
  const large = { ...PLAIN, instructions: 1000 };
  expect(rank([PLAIN, large, PLAIN])).toEqual([2, 1, 3]);
});
