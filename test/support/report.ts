/** Reports made by hand, for tests of renderers. */

import { REPORT_SCHEMA, type FunctionReport, type Report } from '../../src/explain/schema.ts';

/** A function of which nothing is known but what `more` says. */
export function functionReport(address: number, more: Partial<FunctionReport> = {}): FunctionReport {
  return {
    address: `0x${address.toString(16)}`,
    size: 16,
    symbol: null,
    kind: 'function',
    foundBy: 'eh_frame',
    role: null,
    parent: null,
    instructions: 4,
    blocks: 1,
    interest: 1,
    names: [],
    capabilities: [],
    summary: null,
    compiler: null,
    optimization: null,
    arguments: null,
    labels: [],
    source: null,
    neighbours: [],
    abstained: [],
    calls: [],
    strings: [],
    place: null,
    ...more,
  };
}

export function reportOf(functions: FunctionReport[], file: Partial<Report['file']> = {}): Report {
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'binscribe', version: '0' },
    file: {
      path: 'program',
      sha256: 'ab'.repeat(32),
      format: 'elf',
      arch: 'x86-64',
      kind: 'executable',
      stripped: true,
      base: '0x0',
      size: 4096,
      ...file,
    },
    model: { id: 'stub-1', description: 'Answers by hand.' },
    overall: { compiler: { judged: 0, labels: [] }, optimization: { judged: 0, labels: [] } },
    functions,
    skipped: [],
    partial: false,
    cuts: [],
  };
}

/** Names that want to be obeyed, each by somebody else. */
export const HOSTILE_NAMES = [
  `'; import os; os.system('id') #`,
  `"""\n__import__('os')`,
  `\\'); r2.cmd('!id'); ('`,
  '`!id`',
  '; !id',
  '| id > /tmp/x',
  '@ 0x1; CC-*',
  '%s%n{0}${x}',
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  ']]><!--',
  `=cmd|' /C calc'!A0`,
  '+1+1',
  '-1',
  '@SUM(1)',
  'x;=1+1',
  '\t=1',
  'a,b"c',
  '\u202etxt.exe',
  '@DATA@',
  '@CORE@',
  '$& $1 $$',
  '[binscribe] mine',
  '日本語 😀',
];
