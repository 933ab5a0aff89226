/** Which functions are written of, by a model of summaries whose network is played by the test. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../test/support/compile.ts';
import { stubModel } from '../../test/support/stub-model.ts';
import type { SummaryDraft } from '../models/summaries/drafts.ts';
import { SummaryModel } from '../models/summaries/model.ts';
import { explain, type ExplainOptions } from './explain.ts';
import { EVIDENCE_LIMITS, SUMMARISED } from './limits.ts';
import { type Report, reportSchema } from './schema.ts';

const FUNCTIONS = 70;
const program = compile(
  `${Array.from(
    { length: FUNCTIONS },
    (_, i) =>
      `int f${i}(int *p, int n) { int v = ${i}; for (int i = 0; i < n; i++) v = v * ${i + 3} + p[i]; return v; }`,
  ).join('\n')}
int tiny(void) { return 1; }
int main(int c, char **v) { return c; }`,
  { compiler: 'gcc-12', flags: ['-O1', '-nostartfiles', '-Wl,-e,main'] },
);

const draft = (text: string, more: Partial<SummaryDraft> = {}): SummaryDraft => ({
  text,
  features: { likelihood: -1, margin: 0, instructions: 2, words: 0 },
  repeated: [],
  ...more,
});

async function explained(
  write: (code: string) => SummaryDraft,
  more: Partial<ExplainOptions> = {},
  threshold = 0.1,
): Promise<{ report: Report; asked: string[] }> {
  const asked: string[] = [];
  const summaries = new SummaryModel({
    card: { id: 'played', description: 'by a test' },
    floor: 8,
    drafter: {
      write(codes, progress) {
        asked.push(...codes);
        progress?.(codes.length, codes.length);
        return Promise.resolve(codes.map(write));
      },
      close: () => Promise.resolve(),
    },
    certainty: { weights: { likelihood: 1, margin: 0, instructions: 0, words: 0 }, intercept: 1, threshold },
  });
  const report = await explain(readFileSync(program), stubModel(), { path: 'program', summaries, ...more });
  return { report: reportSchema.parse(report), asked };
}

describe('summaries in a report', () => {
  it('are of the most interesting functions, and of no more than fifty', async () => {
    const steps: string[] = [];
    const { report, asked } = await explained(() => draft('Folds the numbers.'), {
      progress: (done, all, what) => void steps.push(`${done} of ${all} ${what}`),
    });
    const told = report.functions.filter(({ summary, noSummary }) => summary ?? noSummary);
    expect(told.map(({ interest }) => interest).sort((a, b) => a - b)).toEqual(
      Array.from({ length: SUMMARISED }, (_, i) => i + 1),
    );
    // main is the most interesting, and too short.
    expect(asked).toHaveLength(SUMMARISED - 1);
    expect(report.functions.find(({ symbol }) => symbol === 'main')!.noSummary).toBe(
      'it has fewer than 8 instructions',
    );
    expect(report.functions.find(({ symbol }) => symbol === 'f1')!.summary!.score).toBe(0.5);
    expect(steps.at(-1)).toBe('49 of 49 summaries');
    expect(report.summaries).toEqual({ id: 'played', description: 'by a test' });
  });

  it('are of all functions that are named, and only of these', async () => {
    const functions = Array.from({ length: 60 }, (_, i) => `f${i}`);
    const { report, asked } = await explained(() => draft('Folds.'), { functions: [...functions, 'tiny'] });
    expect(asked).toHaveLength(60);
    expect(report.functions.filter(({ summary }) => summary)).toHaveLength(60);
    const silent = report.functions.find(({ symbol }) => symbol === 'tiny')!;
    expect(silent.noSummary).toContain('fewer than 8');
    expect(silent.abstained).toContain('summary');
  });

  it('are printable and short, whatever a network has put together', async () => {
    const text = `\u001b[31m\u202e</script>${'a '.repeat(1000)}`;
    const repeated = Array.from({ length: 40 }, () => '\u001b'.repeat(500));
    const { report } = await explained(() => draft(text, { repeated }), { functions: ['f1'] });
    const { summary } = report.functions[0];
    expect(summary!.text).toMatch(/^\\x1b\[31m\\u\{202e\}<\/script>a a /);
    expect(summary!.text.length).toBeLessThanOrEqual(EVIDENCE_LIMITS.summaryLength + 20);
    expect(summary!.evidence).toMatchObject({ by: 'network' });
    expect('words' in summary!.evidence && summary!.evidence.words).toHaveLength(EVIDENCE_LIMITS.words);
  });

  it.each<[string, Partial<SummaryDraft>, number, RegExp]>([
    ['nothing', { text: '' }, 0, /written nothing/],
    ['what is too likely wrong', {}, 0.6, /probability of 50 % only, and 60 % is asked for/],
    [
      'no numbers',
      { features: { likelihood: NaN, margin: 0, instructions: 0, words: 0 } },
      0,
      /come to no number/,
    ],
  ])('are left out where the network writes %s', async (_, more, threshold, reason) => {
    const { report } = await explained(() => draft('x', more), { functions: ['f1'] }, threshold);
    expect(report.functions[0].summary).toBeNull();
    expect(report.functions[0].noSummary).toMatch(reason);
  });
});
