import { describe, expect, it } from 'vitest';
import type { FoundFunction } from '../binary/binary.ts';
import { compareStarts } from './function-starts.ts';

function found(address: number, kind: FoundFunction['kind'] = 'function'): FoundFunction {
  return {
    address,
    size: 1,
    symbol: null,
    kind,
    source: kind === 'thunk' ? 'plt' : 'eh_frame',
    parent: null,
  };
}

function compare(truth: [number, string][], functions: FoundFunction[]) {
  const differences: string[] = [];
  const counts = compareStarts(new Map(truth), functions, (what) => differences.push(what));
  return { counts, differences };
}

describe('comparing found functions with symbols', () => {
  it('counts a function found, one missed and one invented', () => {
    const { counts, differences } = compare(
      [
        [1, 'a'],
        [2, 'b'],
      ],
      [found(1), found(3)],
    );
    expect(counts).toMatchObject({ found: 1, missed: 1, invented: 1 });
    expect(differences).toHaveLength(2);
  });

  it('holds a cold fragment found as a function against us, and a part fragment not', () => {
    const { counts } = compare(
      [
        [1, 'a.cold'],
        [2, 'b.part.0'],
        [3, 'c.cold.1'],
      ],
      [found(1), found(2), found(3, 'fragment')],
    );
    expect(counts).toMatchObject({ fragments: 3, fragmentsFound: 1, invented: 1, missed: 0 });
  });

  it('holds a function taken for a fragment against us', () => {
    expect(compare([[1, 'a']], [found(1, 'fragment')]).counts).toMatchObject({
      found: 0,
      missed: 1,
      invented: 0,
    });
  });

  it('leaves linkage stubs out and counts the C runtime apart', () => {
    const { counts } = compare(
      [
        [1, '_start'],
        [2, 'frame_dummy'],
      ],
      [found(1), found(9, 'thunk')],
    );
    expect(counts).toMatchObject({ runtime: 2, runtimeFound: 1, found: 0, missed: 0, invented: 0 });
  });
});
