import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import { writeMarkedDataset } from '../../test/support/dataset.ts';
import { DEFAULT_SIMILARITY, type CorpusCheck } from '../corpus/check.ts';
import { DEFAULT_BARS } from '../corpus/leakage/bars.ts';
import { CHECK_DEFAULTS } from './commands/corpus.ts';

describe('binscribe corpus check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-cli-check-'));
  const dataset = join(folder, 'small');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() => {
    writeMarkedDataset(dataset, (row) => ({
      ...row,
      name: row.name === 'rare' ? 'rare\u001b[2J' : row.name,
      source: row.name === 'hash' ? 'unsigned hash() {}' : null,
    }));
  });
  const check = (...more: string[]) => runCommand(['corpus', 'check', dataset, ...more]);
  const loose = ['--max-exact', '100', '--max-normalized', '100', '--max-near', '100', '--max-source', '100'];

  it('fails above a bar, after the answer, and says which and what to do', async () => {
    const { code, out, err } = await check(...loose, '--max-source', '12.5');
    expect(code).toBe(5);
    expect(out).toContain('# small: whole, LEAKS\n');
    expect(out).toMatch(/\| source: .* \| 12\.5 %: \*\*passed\*\* \|/);
    expect(out).toMatch(/\| near: .* \| 100\.0 %: met \|/);
    const [line, hint, ...rest] = err
      .trimEnd()
      .split('\n')
      .filter((one) => !one.includes('functions in'));
    expect(rest).toEqual([]);
    expect(line).toMatch(
      /^binscribe: .*\/small: the test side leaks, of its functions without duplicates: source \d+\.\d % \(at most 12\.5 % expected\)$/,
    );
    expect(hint).toMatch(
      /^ {2}In the recipe, put gamma and alpha, which share most, on one side; or allow as much: --max-source (\d+)\.$/,
    );
    const enough = /--max-source \d+/.exec(hint)![0].split(' ');
    expect((await check(...loose, ...enough)).code).toBe(0);
  });

  it('fails where a package lies on both sides, whatever the bars', async () => {
    const both = join(folder, 'both');
    writeMarkedDataset(both, (row) =>
      row.package === 'alpha' && row.name === 'main' ? { ...row, split: 'test' } : row,
    );
    const { code, out, err } = await runCommand(['corpus', 'check', both, ...loose]);
    expect(code).toBe(5);
    expect(out).toContain('# small: DAMAGED, under every bar\n\n- alpha is on both sides');
    expect(err).toContain('both: alpha is on both sides: expected no rows on the test side, got 8\n');
    expect(err).toContain('\n  Build it again, each package on one side: ');
  });

  it('has a bar for each measure by default', async () => {
    const { code, err } = await check();
    expect(code).toBe(5);
    expect(err).toMatch(/: exact .* normalized .* near .* source /);
    expect(Object.values(DEFAULT_BARS)).toEqual(Object.values(DEFAULT_BARS).map(() => CHECK_DEFAULTS.bar));
    expect(CHECK_DEFAULTS.similarity).toBe(DEFAULT_SIMILARITY);
  });

  it('writes the same report each time, with nothing that moves a cursor', async () => {
    const path = join(folder, 'results/leakage');
    const first = await check(...loose, '-o', path);
    expect(first.code).toBe(0);
    expect(readFileSync(`${path}.md`, 'utf8')).toBe(first.out);
    const json = readFileSync(`${path}.json`, 'utf8');
    const second = await check(...loose, '--json');
    expect(second.out).toBe(json);
    expect((JSON.parse(json) as CorpusCheck).bars.every(({ met }) => met)).toBe(true);
    expect(first.out + json).not.toContain('\u001b');
    expect(existsSync(`${path}.html`)).toBe(false);
  });
});
