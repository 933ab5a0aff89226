/** What answers rest on, in words. */

import type { Capability } from '../../capabilities/capabilities.ts';
import { sentenceOf } from '../../capabilities/sentence.ts';
import type { FunctionReport } from '../schema.ts';

/** A function whose capabilities are known. */
interface Capable {
  readonly capabilities: readonly Capability[];
}

const HIDDEN = new Set<Capability['kind']>(['whole', 'algorithm', 'instruction']);

/** `its author's words of inflate in zlib 1.2.13`; `written by a network; of its words the code says "usage"` */
export function restsOn({ evidence }: NonNullable<FunctionReport['summary']>): string {
  if (evidence.by === 'author') {
    return `its author's words of ${evidence.name} in ${packageOf(evidence)}`;
  }
  const { words } = evidence;
  const said = words.length === 0 ? 'none' : words.map((word) => `"${word}"`).join(' ');
  return `written by a network; of its words the code says ${said}`;
}

/** `zlib 1.2.13`; of a file whose version nobody knows its name. */
export function packageOf({ package: from, version }: { package: string; version: string }): string {
  return version === '' ? from : `${from} ${version}`;
}

/** `zlib 1.2.13 by gcc-12 O2`, as far as it is known. */
export function originOf(near: FunctionReport['neighbours'][number]): string {
  const { compiler, optimization } = near;
  return compiler === '' ? packageOf(near) : `${packageOf(near)} by ${compiler} ${optimization}`;
}

/** `for socket connect "host"; like "Open a socket." (cosine 0.41)` */
export function speaksFor({
  label,
  because,
  prompt,
  similarity,
}: Pick<FunctionReport['labels'][number], 'label' | 'because' | 'prompt' | 'similarity'>): string {
  const features = because.length === 0 ? '' : `for ${because.join(' ')}; `;
  const cosine = `cosine ${similarity.toFixed(2)}`;
  // Whoever names a label of their own has said that sentence.
  return `${features}${prompt === label ? cosine : `like "${prompt}" (${cosine})`}`;
}

/** `Opens files (fopen), reads (fread) and closes files (fclose).` Empty where the code tells nothing by itself. */
export function doneBy({ capabilities }: Pick<FunctionReport, 'capabilities'>): string {
  return sentenceOf(
    capabilities.map(({ text, because }) => ({
      text: because.length === 0 ? text : `${text} (${because.join(', ')})`,
    })),
  );
}

/** What a function does that neither its calls nor a glance at its code say already. */
export function hiddenCapabilities({ capabilities }: Capable): string[] {
  return capabilities.flatMap(({ text, kind }) => (HIDDEN.has(kind) ? text : []));
}

/** Functions of a package that have to be there: of one or two it may be chance. */
const LEAST_LIKE = 3;

/** Packages that a program's suggested names are of, with how many of its functions, most first: what it seems to hold. */
export function likenesses(functions: readonly FunctionReport[]): { label: string; functions: number }[] {
  const counts = new Map<string, number>();
  for (const { symbol, role, names, neighbours } of functions) {
    if (symbol !== null || role !== null || names.length === 0) continue;
    const near = neighbours.find(({ name }) => name === names[0].name);
    if (near) counts.set(packageOf(near), (counts.get(packageOf(near)) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count >= LEAST_LIKE)
    .map(([label, count]) => ({ label, functions: count }))
    .sort((a, b) => b.functions - a.functions);
}

/** Algorithms that a function has numbers or tables of. */
export function algorithmsOf({ capabilities }: Capable): string[] {
  return capabilities.flatMap(({ text, kind }) => (kind === 'algorithm' ? text : []));
}
