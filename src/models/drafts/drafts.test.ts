import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FunctionBody } from '../../binary/instruction.ts';
import { disassembleRange } from '../../binary/x86/disassemble.ts';
import { Random } from '../../random.ts';
import { chooseDraft } from './choose.ts';
import { commonLength, likeness, MOST_COMPARED, viewOf } from './likeness.ts';
import type { Draft, Recompiler } from './recompiler.ts';
import { NO_NAMES } from '../../tokens/visible-names.ts';

/** Lines that GNU diff leaves in place, told to find as many as there are. */
function commonLines(a: Uint32Array, b: Uint32Array): number {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-drafts-test-'));
  try {
    for (const [name, list] of Object.entries({ a, b })) {
      writeFileSync(join(folder, name), Array.from(list, (symbol) => `${symbol}\n`).join(''));
    }
    const { stdout } = spawnSync('diff', ['--minimal', 'a', 'b'], { cwd: folder, encoding: 'utf8' });
    return a.length - stdout.split('\n').filter((line) => line.startsWith('<')).length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function draw(random: Random, length: number, symbols: number): Uint32Array {
  return Uint32Array.from({ length }, () => Math.floor(random.uniform() * symbols));
}

describe('the longest common subsequence', () => {
  it('is as long as diff --minimal finds it', () => {
    const random = new Random(1);
    for (const [left, right, symbols] of [
      [0, 5, 3],
      [1, 1, 1],
      [31, 33, 2],
      [32, 32, 4],
      [64, 65, 3],
      [100, 7, 5],
      [130, 250, 12],
      [500, 400, 40],
      [700, 700, 2],
    ]) {
      const [a, b] = [draw(random, left, symbols), draw(random, right, symbols)];
      expect(commonLength(a, b), `${left} ${right} ${symbols}`).toBe(commonLines(a, b));
      expect(commonLength(b, a)).toBe(commonLength(a, b));
    }
  });

  it('is bounded for what is too long', () => {
    const same = new Uint32Array(MOST_COMPARED * 20).fill(7);
    expect(commonLength(same, same)).toBe(MOST_COMPARED);
  });
});

/** Code from assembly, at an address where nothing is absolute. */
function assemble(lines: readonly string[]): FunctionBody {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-drafts-test-'));
  try {
    const input = `.intel_syntax noprefix\n${lines.join('\n')}\n`;
    execFileSync('as', ['-o', 'out.o', '-'], { cwd: folder, input });
    execFileSync('objcopy', ['-O', 'binary', '-j', '.text', 'out.o', 'out'], { cwd: folder });
    return disassembleRange(execFileSync('cat', ['out'], { cwd: folder }), 0x1000);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const LOOP = ['xor eax, eax', '1: add eax, [rdi]', 'add rdi, 4', 'dec esi', 'jne 1b', 'ret'];
const TARGET = assemble(LOOP);
const CODES: Readonly<Record<string, FunctionBody>> = {
  same: assemble(LOOP),
  'same, elsewhere a jump': assemble(
    LOOP.map((line) => line.replace('1: ', '').replace('ret', '1: ret').replace('1b', '1f')),
  ),
  'other registers': assemble(LOOP.map((line) => line.replace('rdi', 'rbx').replace('eax', 'ecx'))),
  'a load in another place': assemble([LOOP[0], LOOP[1].replace('[rdi]', '[rdi+8]'), ...LOOP.slice(2)]),
  other: assemble(['lea rax, [rdi+rsi*8]', 'mov rax, [rax]', 'ret']),
  empty: assemble([]),
};

describe('likeness', () => {
  it('is 1 for the same code alone, and falls with what differs', () => {
    const target = viewOf(TARGET);
    const scores = Object.values(CODES).map((body) => likeness(target, viewOf(body)));
    expect(scores[0]).toBe(1);
    // By hand, of two lists of 6 and what branches lead to: 6 and 6, 2 and 6, 5 and 6, 1 and 1, none.
    const all = 6 + 6 + 2;
    expect(scores.slice(1, 4)).toEqual([12 / all, 9 / all, 11 / all]);
    expect(scores[4]).toBeCloseTo(2 / (6 + 3 + 2));
    expect(scores[5]).toBe(0);
  });
});

/** Compiles a draft to the code of its name. */
class Bookshelf implements Recompiler {
  readonly asked: string[] = [];

  recompile(drafts: readonly Draft[], build: { compiler: string; level: string }) {
    this.asked.push(...drafts.map(({ text }) => text));
    const results = drafts.map(({ text }) =>
      text in CODES
        ? { body: CODES[text], names: NO_NAMES, complaint: '' as const }
        : { body: undefined, complaint: 'no such code' },
    );
    return Promise.resolve({ build: { ...build, compiler: 'gcc-12' }, results });
  }
}

async function choose(...texts: string[]) {
  const shelf = new Bookshelf();
  const build = { compiler: 'gcc', level: 'O2' };
  const choice = await chooseDraft(
    TARGET,
    texts.map((text) => ({ text })),
    build,
    shelf,
  );
  return { ...choice, asked: shelf.asked };
}

describe('choosing among drafts', () => {
  it('takes the one with the likest code and says how it compares', async () => {
    expect(await choose('other', 'broken', 'a load in another place', 'other registers', 'other')).toEqual({
      best: { draft: { text: 'a load in another place' }, score: 11 / 14, exact: false },
      build: { compiler: 'gcc-12', level: 'O2' },
      candidates: 4,
      compiled: 3,
      asked: ['other', 'broken', 'a load in another place', 'other registers'],
    });
    expect((await choose('same, elsewhere a jump', 'same')).best).toEqual({
      draft: { text: 'same' },
      score: 1,
      exact: true,
    });
  });

  it('takes the first of equals, and none where none compiles', async () => {
    expect((await choose('empty', 'empty ')).best?.draft.text).toBe('empty');
    expect(await choose('broken')).toMatchObject({ best: null, candidates: 1, compiled: 0 });
    expect(await choose()).toMatchObject({ best: null, candidates: 0, compiled: 0 });
  });
});
