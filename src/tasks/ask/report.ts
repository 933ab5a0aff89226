/** What a study of questions says: a document with everything that decided it, and tables for people. */

import { table } from '../../corpus/table.ts';
import { count } from '../../numbers.ts';
import type { AskReport, AskSet, Figure } from './study.ts';

export interface AskDocument extends AskReport {
  readonly schema: 'binscribe.ask-study/1';
  readonly tool: string;
  /** Name, version and hash. */
  readonly model: string;
  readonly dataset: { readonly name: string; readonly manifest: string };
  /** Compilers and levels that were asked; null for all. */
  readonly builds: readonly string[] | null;
  /** SHA-256 of the manifests of other data sets that the model has learned from. */
  readonly learned: Readonly<Record<string, string>>;
}

export function renderAskStudy(document: AskDocument): string {
  const { dataset, model, builds, programs, functions, sets, packages } = document;
  const parts = [
    `# Questions about the test programs of \`${dataset.name}\``,
    `People's comments on functions, each asked of the program that its function is in, as one compiler has made it: ` +
      `${count(programs)} programs${builds === null ? '' : ` by ${builds.join(', ')}`}, ${count(functions)} different functions. ` +
      `Model: \`${model}\`.`,
    'Intervals (95 %) draw whole packages. Of functions with the same code in a program one counts; where several have the comment, ' +
      'any of them is right. Chance is exact: what an order drawn at random reaches in the mean.',
    'Network: the cosine of the two vectors. Lexicon: how much what a function says and does (words of strings, names of imports, ' +
      'numbers, instructions) speaks for the words of the comment, as other functions and their comments have taught. Words in common: ' +
      'those of the comment and of the strings and names of imports that a function refers to, by how rare they are in the program. ' +
      '`ask` weighs all three, as the validation packages have told.',
    ...sets.flatMap(setParts),
    '## By package, all questions',
    table(
      ['package', 'questions', 'functions of a program, median', 'recall@10 of `ask`'],
      packages.map((one) => [one.package, count(one.questions), count(one.functions), percent(one.recall10)]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function setParts({ name, questions, packages, pool, ways, answered }: AskSet): string[] {
  const [[, first]] = Object.entries(ways);
  const figures = Object.keys(first) as (keyof typeof first)[];
  return [
    `## ${name[0].toUpperCase()}${name.slice(1)}`,
    `${count(questions)} questions of ${count(packages)} packages; a program has ${count(pool.smallest)} to ${count(pool.largest)} ` +
      `functions to choose from, ${count(pool.median)} in the median.`,
    table(
      ['', ...figures],
      Object.entries(ways).map(([way, own]) => [way, ...figures.map((figure) => withInterval(own[figure]))]),
    ),
    `\`ask\` answers ${percent(answered.share)} % of them, and of its first functions ${percent(answered.right)} % are right; of the others it says that nothing stands out.`,
  ];
}

function withInterval({ value, low, high }: Figure): string {
  return `${percent(value)} (${percent(low)}–${percent(high)})`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
