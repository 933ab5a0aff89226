/** A report of lengths as Markdown; names of data sets are made printable by the caller. */

import type { DatasetLengths, QUANTILES } from './measure.ts';

export interface LengthsReport {
  readonly schema: 1;
  readonly tool: string;
  readonly quantiles: typeof QUANTILES;
  readonly sets: readonly DatasetLengths[];
}

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** @param picture name of the file with it, beside this one; null where there is none */
export function renderLengths({ sets, quantiles }: LengthsReport, picture: string | null): string {
  const shares = quantiles.map((q) => `${100 * q} %`);
  return [
    '# Lengths in tokens',
    '',
    'Of the source, the binary side and the text of rows that are no normalised duplicate. A token is a run of letters, digits and `_`, or another mark by itself, in all of them alike; assembly is normalised as the data set has it. A column of a share has the length that so many rows do not exceed. ContraBin (Fig. 5) prints for 90 %: source 422, LLVM IR 2,853, comments 63, without the rule of its tokens. Written by `binscribe study lengths`.',
    '',
    ...(picture === null ? [] : [`![Lengths](${picture})`, '']),
    ...sets.flatMap(({ name, manifest, rows, sides }) => [
      `## ${name}`,
      '',
      `${count(rows)} rows; manifest SHA-256 \`${manifest.slice(0, 12)}\`.`,
      '',
      row(['side', 'rows', 'mean', ...shares, 'longest']),
      row(['---', ...['rows', 'mean', ...shares, 'longest'].map(() => '---:')]),
      ...sides.map((side) =>
        row([
          side.side,
          count(side.rows),
          count(side.mean),
          ...side.quantiles.map(count),
          count(side.longest),
        ]),
      ),
      '',
    ]),
  ].join('\n');
}
