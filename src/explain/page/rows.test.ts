import { expect, test } from 'vitest';
import { functionReport } from '../../../test/support/report.ts';
import { instructionsOf, piecesOf, withoutFilling } from './instructions.ts';
import { listed, type Query, rowAt, rowsOf } from './rows.ts';

const rows = rowsOf([
  functionReport(0x1000, { interest: 3, size: 32, symbol: 'Alpha', calls: ['puts'] }),
  functionReport(0x2000, { interest: 1, names: [{ name: 'beta', score: 0.5 }], strings: ['Usage: x'] }),
  functionReport(0x3000, {
    interest: 2,
    size: 8,
    arguments: { count: 2, score: 1 },
    labels: [{ label: 'sorting', score: 0.6, because: ['qsort'], prompt: 'Sort.', similarity: 0.5 }],
  }),
  functionReport(0x4000, { interest: 4, kind: 'thunk', symbol: 'puts' }),
]);

const find = (query: Partial<Query>): number[] =>
  listed(rows, { text: '', show: 'functions', sort: 'address', descending: false, ...query }).map(
    (row) => row.index,
  );

test.each<[string, Partial<Query>, number[]]>([
  ['no words', {}, [0, 1, 2]],
  ['a name in any letters', { text: 'ALPHA' }, [0]],
  ['a string and a name, in any order', { text: 'usage beta' }, [1]],
  ['words that are not together', { text: 'usage alpha' }, []],
  ['a call, and the stub itself', { text: 'puts', show: 'all' }, [0, 3]],
  ['an address in a function', { text: '0x100f' }, [0]],
  ['an address at which one begins', { text: '0x3000' }, [2]],
  ['a kind of work', { text: 'sorting' }, [2]],
  ['suggested names', { show: 'suggested' }, [1]],
  ['names of the file', { show: 'file' }, [0]],
  ['no names', { show: 'open' }, [2]],
])('a search by %s', (_, query, expected) => {
  expect(find(query)).toEqual(expected);
});

test('the order is by a column, what has nothing there last, up or down', () => {
  expect(find({ sort: 'interest' })).toEqual([1, 2, 0]);
  expect(find({ sort: 'interest', descending: true })).toEqual([0, 2, 1]);
  expect(find({ sort: 'name' })).toEqual([0, 1, 2]);
  expect(find({ sort: 'size', descending: true })).toEqual([0, 1, 2]);
  expect(find({ sort: 'arguments', descending: true })).toEqual([2, 0, 1]);
  expect(find({ sort: 'label' })).toEqual([2, 0, 1]);
});

test('an address finds the function that begins there, or around it', () => {
  expect(rowAt(rows, 0x1000)?.index).toBe(0);
  expect(rowAt(rows, 0x101f)?.index).toBe(0);
  expect(rowAt(rows, 0x1020)).toBe(undefined);
});

test('packed code is opened to what it was', () => {
  const packed = { lengths: '1a5', text: 'push rbp\nmov rax, 0x10\ncall 0x1000', incomplete: false };
  const opened = instructionsOf({ ...packed, notes: [[2, 'Alpha']], blocks: [[3]] }, 0x1000);
  expect(opened.map(({ address, note }) => [address, note])).toEqual([
    [0x1000, undefined],
    [0x1001, undefined],
    [0x100b, 'Alpha'],
  ]);
  expect([...piecesOf('call 0x1000')]).toEqual([{ text: 'call ' }, { text: '0x1000', address: 0x1000 }]);
});

test('blocks that only align are left out of a picture, and edges lead to where they led', () => {
  const block = (text: string, ...successors: number[]) => ({
    instructions: [{ address: 0, text, note: undefined }],
    successors,
  });
  const blocks = [block('jmp 0x20', 2), block('nop [rax]', 2), block('nop', 2, 3), block('ret')];
  expect(withoutFilling(blocks)).toEqual([block('jmp 0x20', 1), block('nop', 1, 2), block('ret')]);
});
