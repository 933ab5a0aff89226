import { describe, expect, it } from 'vitest';
import type { FoundFunction } from '../binary/binary.ts';
import { compareStarts, NOTHING, type StartsOfProgram } from './function-starts.ts';
import { renderStarts, reportStarts } from './starts-report.ts';

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
    expect(counts).toMatchObject({ cold: 2, coldTold: 1, part: 1, partTold: 0, invented: 1, missed: 0 });
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

function measured(compiler: string, counts: Partial<StartsOfProgram['counts']>, differences: string[] = []) {
  return {
    package: 'grep',
    version: '3.8',
    compiler,
    compilerVersion: `${compiler} of Debian`,
    optimization: 'O2',
    binary: 'src/grep',
    sha256: compiler,
    counts: { ...NOTHING, programs: 1, ...counts },
    differences,
  } as const;
}

describe('adding up', () => {
  const wrong = measured('gcc-12', { found: 992, missed: 8 }, ['a: not found']);
  const report = reportStarts([
    measured('clang-14', { found: 1, missed: 99 }, ['a: not found']),
    measured('clang-19', { found: 1000 }),
    wrong,
    wrong,
  ]);

  it('holds GCC 12 and Clang 19 together against the bar, and Clang 14 not', () => {
    expect(report.pooled[0]).toMatchObject({ programs: 3, found: 2984, missed: 16, recall: 2984 / 3000 });
    expect(report.bar.met).toBe(false);
    expect(
      reportStarts([measured('clang-14', { found: 1, missed: 99 }), measured('gcc-12', { found: 1 })]).bar
        .met,
    ).toBe(true);
    expect(report.pooled.map((row) => row.name)).toEqual([
      'gcc-12 and clang-19 together',
      'gcc-12',
      'clang-19',
      'clang-14',
    ]);
  });

  it('holds programs without unwind tables to a bar of their own, as means too', () => {
    const [good, bad] = [
      { found: 999, invented: 1 },
      { found: 1, invented: 1 },
    ];
    const pooled = reportStarts([measured('gcc-12', good), measured('clang-14', bad)], 'unwind tables too');
    expect(pooled.bar.met).toBe(false);
    expect(pooled.pooled[0].precision).toBeGreaterThan(0.99);
    expect(pooled.pooled[0].perProgram.precision).toEqual({ mean: (0.999 + 0.5) / 2, least: 0.5 });
    expect(reportStarts([measured('gcc-12', good)], 'unwind tables too').bar.met).toBe(true);
  });

  it('names each difference once for a compiler, the commonest first', () => {
    expect(report.differences.map(({ compiler, programs }) => ({ compiler, programs }))).toEqual([
      { compiler: 'gcc-12', programs: 2 },
      { compiler: 'clang-14', programs: 1 },
    ]);
  });

  it('says what it was made from, and which builds are not there', () => {
    const other = { ...measured('gcc-12', {}), package: 'sed' };
    const { inputs } = reportStarts([other, measured('clang-19', {})]);
    expect(inputs).toMatchObject({ programs: 2, absent: ['sed clang-19 -O2', 'grep gcc-12 -O2'] });
    expect(renderStarts(report)).toContain('- grep: 3.8 (4 programs)');
  });
});
