/** The answer to a question about a program, for a person. */

import type { Asked, FoundByMeaning } from '../ask-schema.ts';
import { type Column, fit, layOut, percent } from './columns.ts';
import { describeKind } from './header.ts';
import { shownName } from './name.ts';
import type { Style } from './style.ts';

const COLUMNS: readonly Column[] = [
  { title: 'ADDRESS', align: 'right', most: 18 },
  { title: 'BYTES', align: 'right', most: 9 },
  { title: 'NAME', align: 'left', most: 36 },
  { title: 'SCORE', align: 'right', most: 6 },
  { title: 'COSINE', align: 'right', most: 6 },
  { title: 'BECAUSE', align: 'left', most: 32 },
  { title: 'SAYS AND CALLS', align: 'left', most: Number.POSITIVE_INFINITY },
];

/** @param width cells in a line */
export function renderAsked(asked: Asked, width: number, style: Style): string {
  const { file, question, functions, cuts, model } = asked;
  const lines = [
    style.heading(fit(file.path, width)),
    fit(`  ${describeKind(file)}`, width),
    fit(`  question   ${question}`, width),
    fit(`  asked      ${asked.asked.toLocaleString('en-US')} functions`, width),
    fit(`  model      ${model.id}`, width),
    ...cuts.map(({ where, reason }) => style.warning(fit(`  left out   ${where}: ${reason}`, width))),
    '',
  ];
  if (functions.length === 0) lines.push(...nothing(asked));
  else {
    lines.push(
      ...layOut(
        COLUMNS,
        functions.map((one) => cellsOf(one, style)),
        width,
        style.heading,
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

function cellsOf(one: FoundByMeaning, style: Style) {
  const name = shownName({ ...one, names: [] });
  const isOpen = name.origin === 'open';
  return [
    { text: one.address },
    { text: one.size.toLocaleString('en-US') },
    { text: isOpen ? '·' : name.text, paint: isOpen ? style.faint : style.known },
    { text: percent(one.score) },
    { text: one.similarity.toFixed(2) },
    { text: reasonsOf(one).join(' ') },
    { text: one.text, paint: style.faint },
  ];
}

/** Features that speak for the question, and its own words where these do not say them. */
function reasonsOf({ because, words }: FoundByMeaning): string[] {
  const told = because.join('\n').toLowerCase();
  return [...because, ...words.filter((word) => !told.includes(word)).map((word) => `"${word}"`)];
}

function nothing({ nearest, asked, threshold }: Asked): string[] {
  if (nearest === null) return ['No function to ask about: the file has none that is long enough.'];
  return [
    `No answer: of ${asked.toLocaleString('en-US')} functions none stands out for this question. The nearest, ${nearest.address},`,
    `has a score of ${nearest.score}; an answer begins at ${threshold}. Other words may help: those of a comment above such a function.`,
  ];
}
