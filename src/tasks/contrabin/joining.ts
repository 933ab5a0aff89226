/** Results of two parts of a study, made on different days or machines, as those of one. */

import { BinscribeError } from '../../error.ts';
import type { Case } from './cases.ts';
import { gainsOf } from './differences.ts';
import { otherValue, settingsOf } from './settings.ts';
import type { QuestionReport } from './study.ts';
import type { StudyDocument } from './study-document.ts';
import { foldersOf, type ContraBinStudy } from './study-shape.ts';

/** What decides results before they are made. */
type Decided = Pick<StudyDocument, 'study' | 'datasets' | 'device'>;

/**
 * Tells before hours are spent on what could not be joined. A data set that was built again may have another manifest,
 * which tells of failed builds in the words of the machine's tools: of data sets `joined` compares what was read.
 * @throws BinscribeError `usage` where settings, other files or device are others
 */
export function checkSameStudy(earlier: Decided, now: Decided): void {
  const decided = ({ study, datasets, device }: Decided): Record<string, unknown> => ({
    ...settingsOf(study, without(datasets, foldersOf(study))),
    compared: study.compared,
    embeddings: study.embeddings,
    device,
  });
  checkSame(decided(earlier), decided(now));
}

/**
 * What both have is taken of the later ones; differences are drawn anew. Both have
 * read the same where its counts are the same, and what the baselines say of each function of the test.
 * @throws BinscribeError `usage` where they are not of one study, or have other sides or baselines
 */
export function joined(earlier: StudyDocument, now: StudyDocument): StudyDocument {
  checkSameStudy(earlier, now);
  const sides = ({ material, questions }: StudyDocument): Record<string, unknown> => ({
    material,
    ...Object.fromEntries(
      questions.map(({ name, facts, clusters, baselines }) => [name, { facts, clusters, baselines }]),
    ),
  });
  checkSame(sides(earlier), sides(now));
  const { variants, compared, questions: asked } = now.study;
  const names = variants.map(({ name }) => name);
  const before = new Map(earlier.questions.map((question) => [question.name, question]));
  const answered = new Map(now.questions.map((question) => [question.name, question]));
  const questions: QuestionReport[] = [];
  const differences: StudyDocument['differences'][number][] = [];
  for (const { name } of asked) {
    const [old, own] = [before.get(name), answered.get(name)];
    const question = old && own ? joinedQuestion(old, own, now.study) : (own ?? old);
    if (question === undefined) continue;
    questions.push(question);
    // Names of an older binscribe lack what their differences are drawn from.
    const isWhole = question.kind !== 'names' || question.truth !== undefined;
    differences.push(
      ...(isWhole ? gainsOf(question, compared) : earlier.differences.filter((one) => one.question === name)),
    );
  }
  return {
    ...now,
    datasets: { ...earlier.datasets, ...now.datasets },
    ...builtAgain(earlier, now),
    preTraining: union(earlier.preTraining, now.preTraining, names),
    questions,
    differences,
    embeddings: union(earlier.embeddings, now.embeddings, names),
  };
}

/** Manifests of before, of the data sets that have another now. */
function builtAgain(earlier: StudyDocument, now: StudyDocument): Pick<StudyDocument, 'builtAgain'> {
  const folders = new Set([...Object.keys(earlier.builtAgain ?? {}), ...Object.keys(now.datasets)]);
  const manifests = [...folders].map((folder) => {
    const before = [earlier.datasets[folder], ...(earlier.builtAgain?.[folder] ?? [])];
    const latest = now.datasets[folder] ?? earlier.datasets[folder];
    return [folder, [...new Set(before)].filter((one) => one !== undefined && one !== latest)] as const;
  });
  const others = manifests.filter(([, known]) => known.length > 0);
  return others.length > 0 ? { builtAgain: Object.fromEntries(others) } : {};
}

function without(datasets: StudyDocument['datasets'], names: readonly string[]): StudyDocument['datasets'] {
  return Object.fromEntries(Object.entries(datasets).filter(([name]) => !names.includes(name)));
}

function checkSame(earlier: unknown, now: unknown): void {
  const other = otherValue(earlier, now);
  if (other === null) return;
  throw new BinscribeError('usage', `results of another study: they differ in ${other}`, {
    hint: 'Results are joined where settings, data, device, sides and baselines are the same.',
  });
}

/** @throws BinscribeError `usage` where differences of names would need answers that the earlier results do not tell */
function joinedQuestion(
  old: QuestionReport,
  own: QuestionReport,
  { variants, compared }: ContraBinStudy,
): QuestionReport {
  const names = variants.map(({ name }) => name);
  const has = ({ results }: QuestionReport, way: string): boolean =>
    results.some(({ variant }) => variant === way);
  if (own.truth && !old.truth && compared.some((way) => has(own, way))) {
    throw new BinscribeError('usage', `results of an older binscribe: of ${old.name} they lack the answers`, {
      hint: `Ask ${old.name} of all ways again, or of ways that are not compared: ${compared.join(', ')} are.`,
    });
  }
  // Cases are chosen by what the first compared way says of them, where somebody has it.
  const both = [old, own];
  const leading =
    both.find((one) => has(one, compared[0])) ?? both.find(({ cases }) => cases.length > 0) ?? old;
  const other = leading === old ? own : old;
  return {
    ...old,
    results: union(old.results, own.results, names),
    cases: leading.cases.map((one) => joinedCase(one, other.cases, names)),
  };
}

function joinedCase(one: Case, others: readonly Case[], names: readonly string[]): Case {
  const more = others.find(({ what }) => what === one.what)?.told ?? [];
  const known = new Set(one.told.map(({ way }) => way));
  const told = [...one.told, ...more.filter(({ way }) => !known.has(way))];
  // What is no way of the study is the baseline, which comes first.
  return { ...one, told: told.toSorted((a, b) => names.indexOf(a.way) - names.indexOf(b.way)) };
}

/** All, the latter where two are of the same way and seed, in the order of the study. */
function union<T extends { readonly variant: string; readonly seed?: number }>(
  some: readonly T[],
  others: readonly T[],
  names: readonly string[],
): T[] {
  const found = new Map([...some, ...others].map((one) => [`${one.variant} ${one.seed}`, one]));
  return [...found.values()].toSorted(
    (a, b) => names.indexOf(a.variant) - names.indexOf(b.variant) || (a.seed ?? 0) - (b.seed ?? 0),
  );
}
