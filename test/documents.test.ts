/** What README and CONTRIBUTING say is what is there: commands, the shipped model, the figures, recipes and studies. */

import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openMeaning, openModel } from '../src/cli/model.ts';
import { readRecipe } from '../src/corpus/recipe.ts';
import type { CapabilityDocument } from '../src/tasks/capabilities/report.ts';
import type { AskDocument } from '../src/tasks/ask/report.ts';
import type { KnownDocument } from '../src/tasks/known/report.ts';
import type { LabelDocument } from '../src/tasks/labels/report.ts';
import type { Evaluation } from '../src/tasks/evaluate.ts';
import { studyDocumentShape } from '../src/tasks/contrabin/study-document.ts';
import { studyShape } from '../src/tasks/contrabin/study-shape.ts';
import { recipeOf } from '../src/tasks/contrabin/ways.ts';
import type { StartsReport } from '../src/tasks/starts-report.ts';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const readme = read('README.md');

test('README shows the models that ship', async () => {
  const [{ card }, meaning] = [await openModel(), await openMeaning()];
  const both = `${card.id}, ${meaning!.card.id}`;
  expect([...readme.matchAll(/^ {2}model +(.+)$/gm)].map(([, id]) => id)).toEqual([both, both]);
  await meaning!.close();
});

test('README gives the figures of results/ask.json, of what is new, by the model that ships', async () => {
  const { model, sets } = JSON.parse(read('results/ask.json')) as AskDocument;
  const meaning = (await openMeaning())!;
  expect(model).toBe(meaning.card.id);
  await meaning.close();
  const [, fresh] = sets;
  expect(fresh.name).toContain('neither code nor comment');
  const percent = (way: string, figure: 'recall@1' | 'recall@10'): string =>
    `${(100 * fresh.ways[way][figure].value).toFixed(0)} %`;
  const both = (way: string, between: string): string =>
    `${percent(way, 'recall@1')} and ${between}${percent(way, 'recall@10')}`;
  const text = readme.replace(/\s+/g, ' ');
  expect(text).toContain(
    `Of ${fresh.questions.toLocaleString('en-US')} comments on functions of ${fresh.packages} Debian packages`,
  );
  expect(text).toContain(
    `first in ${both('ask: all together', 'among the first ten in ')}, of ${fresh.pool.median} functions`,
  );
  expect(text).toContain(`(words alone ${both('words in common alone', '')}, chance`);
});

test('README gives the figures of results/labels.json, by the model that ships', async () => {
  const { model, functions, labelled } = JSON.parse(read('results/labels.json')) as LabelDocument;
  const meaning = (await openMeaning())!;
  expect(model).toBe(meaning.card.id);
  await meaning.close();
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  expect(readme.replace(/\s+/g, ' ')).toContain(
    `Of ${functions.toLocaleString('en-US')} functions of test packages ${percent(labelled.share)} are given a label, and the best is that of the file that they were written in for ${percent(labelled.right)} of these`,
  );
});

test('README gives the figures of results/capabilities.json', () => {
  const report = JSON.parse(read('results/capabilities.json')) as CapabilityDocument;
  const { functions, packages, told, kinds, algorithms } = report;
  const sum = (of: 'functions' | 'inPlace'): number => algorithms.reduce((all, one) => all + one[of], 0);
  // "Half" of them.
  expect(Math.abs(sum('inPlace') / sum('functions') - 0.5)).toBeLessThan(0.05);
  expect(readme.replace(/\s+/g, ' ')).toContain(
    `Of ${functions.toLocaleString('en-US')} functions of ${packages} Debian packages ` +
      `${((100 * told) / functions).toFixed(0)} % tell something; of the ${kinds.algorithm} that have an algorithm's numbers, half`,
  );
});

test('README gives the figures of results/known.json, by the models that ship', async () => {
  const { models, groups } = JSON.parse(read('results/known.json')) as KnownDocument;
  expect(models).toEqual([(await openModel(undefined, false)).card.id, (await openModel()).card.id]);
  const [known, others] = groups.slice(2);
  const [, together] = known.models;
  const given = others.models[1];
  const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;
  expect(readme.replace(/\s+/g, ' ')).toContain(
    `Of ${known.functions.toLocaleString('en-US')} functions of ${known.places} static libraries as Debian ships them, built ` +
      `otherwise than what is known, ${percent(together.found.value)} are given their name, and ${percent(together.right.value)} of the ` +
      `names given are right; ${together.told} are told a sentence, ${percent(together.toldRight.value)} of these of the right function. ` +
      `Of ${others.functions.toLocaleString('en-US')} functions of ${others.places} other libraries ` +
      `${percent(given.named / others.functions, 1)} are given a name, ${percent(given.right.value)} of these the right one`,
  );
});

test('README gives the figures of results/encoder.json, on functions that are no duplicates', async () => {
  const evaluation = JSON.parse(read('results/encoder.json')) as Evaluation;
  expect(evaluation.run.model).toBe((await openModel(undefined, false)).card.id);
  const [strict] = evaluation.sets;
  expect(strict.functions).toContain('without duplicates and leaks');
  const figure = (name: string) => strict.figures.find((entry) => entry.name === name)!.value.toFixed(2);
  expect(readme.replace(/\s+/g, ' ')).toContain(
    `compiler macro-F1 ${figure('compiler macro-F1')}, level ${figure('level macro-F1 (four classes)')} ` +
      `(${figure('level macro-F1 (O2 and O3 as one)')} with -O2 and -O3 as one), ` +
      `number of arguments right ${figure('number of arguments accuracy')}`,
  );
});

test.each(['function-starts', 'function-starts-no-unwind'])(
  'README gives the figures of results/%s.json',
  (name) => {
    const report = JSON.parse(read(`results/${name}.json`)) as StartsReport;
    const [all] = report.pooled;
    expect(readme.replace(/\s+/g, ' ')).toContain(
      `(precision ${all.precision.toFixed(4)}, recall ${all.recall.toFixed(4)} on ` +
        `${all.programs.toLocaleString('en-US')} programs built by ${report.bar.compilers.join(' and ')})`,
    );
  },
);

/** The rows of a document's tables, each a list of cells: without heads, whose next line is of dashes. */
function rowsOf(markdown: string): string[][] {
  const lines = markdown.split('\n');
  const isRule = (line?: string): boolean => /^\|[ |:-]+\|$/.test(line ?? '');
  return lines
    .filter((line, at) => line.startsWith('|') && !isRule(line) && !isRule(lines[at + 1]))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** Whether `whole` has the cells of `part` in this order. */
function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let found = 0;
  for (const cell of whole) if (cell === part[found]) found++;
  return found === part.length;
}

test('docs/pre-training.md quotes results: rows of tables, some columns left out, and lines', () => {
  const results = filesOf('results')
    .filter((path) => path.endsWith('.md'))
    .map(read);
  const known = results.flatMap(rowsOf);
  const told = read('docs/pre-training.md');
  const rows = rowsOf(told);
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((row) => !known.some((other) => isWithin(row, other)))).toEqual([]);
  const quoted = [...told.matchAll(/^> (.+)$/gm)].map(([, line]) => line);
  expect(quoted.length).toBeGreaterThan(1);
  expect(quoted.filter((line) => !results.some((text) => text.split('\n').includes(line)))).toEqual([]);
});

test.each(['README.md', 'CONTRIBUTING.md'])('%s names scripts that are there', (name) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(name).matchAll(/npm run (?:-s )?(\w+)/g)].map(([, script]) => script);
  expect(named).toContain('check');
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
});

test('the built command can be executed, also where npx does not make it so: its link is from an earlier clone', () => {
  expect(() => accessSync(new URL('../dist/cli/main.js', import.meta.url), constants.X_OK)).not.toThrow();
});

const filesOf = (folder: string): string[] =>
  readdirSync(new URL(`../${folder}/`, import.meta.url)).map((file) => `${folder}/${file}`);

test.each(filesOf('corpora'))('%s is a recipe that `corpus build` takes', (path) => {
  const { name } = readRecipe(fileURLToPath(new URL(`../${path}`, import.meta.url)));
  expect(path).toBe(`corpora/${name}.json`);
});

const contrastive = filesOf('studies').filter((path) => read(path).includes('"pretraining"'));
test.each(contrastive)('%s is a study that `study contrabin` takes, and so is each of its ways', (path) => {
  const study = studyShape.parse(JSON.parse(read(path)));
  for (const variant of study.variants) expect(recipeOf(study, variant).view).toBe(study.pretraining.view);
});

const contrasted = filesOf('results').filter(
  (path) => path.endsWith('.json') && read(path).includes('binscribe.contrabin/1'),
);
test.each(contrasted)('%s is what `study contrabin --join` takes', (path) => {
  const document = JSON.parse(read(path)) as unknown;
  expect(studyDocumentShape.parse(document)).toEqual(document);
});

test.each(contrasted)('maps of joined results were left out where the last part had none: %s', (path) => {
  const name = path.slice(0, -'.json'.length);
  const { embeddings } = studyDocumentShape.parse(JSON.parse(read(path)));
  const [, picture] = /!\[Maps\]\((.+)\)/.exec(read(`${name}.md`)) ?? [];
  expect(picture).toBe(embeddings.length > 0 ? name.replace('results/', '') + '.svg' : undefined);
  for (const { variant } of embeddings) expect(read(`results/${picture}`)).toContain(`>${variant}<`);
});
