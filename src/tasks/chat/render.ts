/**
 * A study of texts as Markdown. Texts of strangers stand in indented blocks, where nothing is markup, and the caller
 * has made each one printable line of them.
 */

import type { RowKey } from './sample.ts';
import { type Figure, METRICS } from './score.ts';
import { ANSWERS, type ChatReport, type Example, HEADLINE, type TextSet, type WayFigures } from './study.ts';
import { count } from '../../numbers.ts';

export function renderChat(report: ChatReport): string {
  const { asked, sets, packages, good, bad, failures } = report;
  const [{ ways }] = sets;
  const lines = [
    `# Functions of \`${report.dataset.name}\`, described ${asked ? 'by a language model' : 'without a model'}`,
    '',
    ...introduction(report),
    '',
    ...sets.flatMap(setTables),
    `## By package, ${HEADLINE}`,
    '',
    row(['package', 'functions', ...ways.map(({ way }) => way)]),
    row(['---', ...ways.map(() => '---'), '---']),
    ...packages.map((one) =>
      row([`\`${one.package}\``, count(one.functions), ...ways.map(({ way }) => digits(one.means[way]))]),
    ),
    '',
    ...examples(`The nearest to the human text, of ${ways[0].way}`, good),
    ...examples(`The farthest, of ${ways[0].way}`, bad),
  ];
  if (failures.length > 0) {
    lines.push(
      `## Not answered: ${count(failures.length)} of ${count(report.sample)}`,
      '',
      'These functions are in no figure.',
      '',
      ...failures.map((one) => `    ${one.name}, ${placeOf(one.row)}: ${one.reason}`),
    );
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function introduction({ dataset, asked, counts, training, ...report }: ChatReport): string[] {
  const lost = [
    `${count(counts.duplicates)} duplicates`,
    `${count(counts.leaks)} whose code a training function has`,
    `${count(counts.small)} of under 8 instructions`,
    `${count(counts.large)} of over ${count(report.mostInstructions)}`,
  ];
  const who = asked
    ? [
        'The model was asked at temperature 0 for the text of each:',
        '',
        `    model     ${asked.model}`,
        `    endpoint  ${asked.url}`,
        `    tokens    ${count(asked.longest)} at most`,
        `    question  ${asked.question}`,
        '',
      ]
    : ['No model was asked: these are the baselines that one has to beat.', ''];
  return [
    `${count(report.sample)} of ${count(counts.functions)} functions of the test packages with a human text, each in one build, drawn with seed ${report.seed}. Of ${count(counts.rows)} rows with a text were left out: ${lost.join(', ')}. Data set manifest SHA-256 \`${dataset.manifest.slice(0, 12)}\`, column \`${dataset.text}\`.`,
    '',
    ...who,
    `*nearest code*: the text of the training function with the nearest opcode pairs (tf-idf, cosine), among ${count(training.codes)} different codes. *most frequent text* and *random text*: of the ${count(training.functions)} training functions with one. *the function's name*: its words, which a stripped program does not have, and which ${count(report.named)} of the human texts say. Every figure is a mean over functions from 0 to 1, then its 95 % interval by the bootstrap over whole packages: of a handful of packages it is rough. Written by \`binscribe study chat\`.`,
  ];
}

function setTables({ functions, count: n, packages, ways, beyond }: TextSet): string[] {
  const [{ way: first }] = ways;
  return [
    `## Functions: ${functions}`,
    '',
    `${count(n)} functions of ${count(packages)} packages.`,
    '',
    ...table('way', ways, digits),
    '',
    `What ${first} reach${first === ANSWERS ? '' : 'es'} beyond the others, function by function:`,
    '',
    ...table('beyond', beyond, signed),
    '',
  ];
}

function table(head: string, ways: readonly WayFigures[], show: (value: number) => string): string[] {
  const cell = ({ mean, low, high }: Figure): string => `**${show(mean)}** (${show(low)} – ${show(high)})`;
  return [
    row([head, ...METRICS]),
    row(['---', ...METRICS.map(() => '---')]),
    ...ways.map(({ way, figures }) => row([way, ...METRICS.map((metric) => cell(figures[metric]))])),
  ];
}

function examples(title: string, chosen: readonly Example[]): string[] {
  if (chosen.length === 0) return [];
  return [
    `## ${title}`,
    '',
    ...chosen.flatMap(({ row: key, name, score, human, said }) => {
      const texts = Object.entries({ human, ...said });
      const width = Math.max(...texts.map(([way]) => way.length));
      return [
        `    ${name}, ${placeOf(key)}: ${HEADLINE} ${digits(score)}`,
        ...texts.map(([way, text]) => `      ${way.padEnd(width)}  ${text}`),
        '',
      ];
    }),
  ];
}

function placeOf({ package: from, version, compiler, optimization, binary, address }: RowKey): string {
  return `${from} ${version}, ${binary} at 0x${address.toString(16)} by ${compiler} -${optimization}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Three digits, without the zero before the point. */
function digits(value: number): string {
  return value.toFixed(3).replace(/^(-?)0\./, '$1.');
}

function signed(value: number): string {
  const text = digits(value);
  if (/^-?\.0+$/.test(text)) return digits(0);
  return value > 0 ? `+${text}` : text;
}
