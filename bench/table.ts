/** A benchmark's results as a table for people. */

import type { BenchResult } from './common.ts';

export interface BenchReport {
  readonly bench: string;
  readonly results: readonly BenchResult[];
  readonly bars: Readonly<Record<string, number>>;
  readonly machine: string;
  /** Processes that ran before it began. */
  readonly load: number;
}

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);

/** Markdown. */
export function renderTable({ bench, results, bars, machine, load }: BenchReport): string {
  const rows = results.map((r) => [
    `\`${r.name}\``,
    `**${r.ratio.toFixed(2)}**`,
    r.name in bars ? bars[r.name].toFixed(1) : '',
    r.rates ? `${number(r.rates.ours)} ${r.rates.unit}` : `${number(r.ours)} ms`,
    r.rates ? `${number(r.rates.peer)} ${r.rates.unit}` : `${number(r.peer)} ms`,
    r.peerName,
    r.memoryRatio?.toFixed(2) ?? '',
    r.difference?.toExponential(1) ?? '',
  ]);
  const header = ['case', 'theirs / ours', 'bar', 'ours', 'theirs', 'fastest peer', 'memory', 'difference'];
  const lines = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `# bench ${bench}\n\n${machine}; load before: ${load.toFixed(2)}. Written by \`npm run -s bench -- ${bench}\`.\n\n${lines.join('\n')}\n`;
}
