/** Why a function is shown as it is: in half a line, and in full. */

import type { FunctionReport } from '../schema.ts';
import { fit, percent } from './columns.ts';
import type { Style } from './style.ts';
import { hiddenCapabilities, doneBy, originOf, packageOf, restsOn, speaksFor } from './reasons.ts';

type Neighbour = FunctionReport['neighbours'][number];

const INDENT = ' '.repeat(4);
/** In one line these many say enough; `-v` and JSON have the rest. */
const BRIEF = { capabilities: 2, strings: 3, calls: 5 } as const;
/** Calls that the compiler adds to any function: in a brief line they would stand for nothing. */
const ADDED_CALLS = new Set(['__stack_chk_fail']);

/** What these lines say of a function; that a model has no answer to anything else is no news. */
const SHOWN_FIELDS = new Set<string>(['names', 'compiler', 'optimization', 'arguments']);

/** The strongest evidence first; the line is cut where the terminal ends. */
export function reasons(entry: FunctionReport): string {
  const parts: string[] = [];
  const [nearest] = entry.neighbours;
  if (entry.kind === 'thunk') parts.push('jumps to the import');
  if (entry.kind === 'fragment') {
    parts.push(entry.parent === null ? 'a cold part of some function' : `a cold part of ${entry.parent}`);
  }
  if (entry.summary?.evidence.by === 'network') parts.push(`${entry.summary.text.replace(/\.$/, '')}?`);
  if (entry.names.length > 0 && nearest !== undefined) parts.push(resemblance(entry, nearest));
  if (entry.summary?.evidence.by === 'author') parts.push(quote(entry.summary.text));
  if (entry.labels.length > 0) parts.push(entry.labels.map(({ label }) => `${label}?`).join(', '));
  parts.push(...hiddenCapabilities(entry).slice(0, BRIEF.capabilities));
  return [...parts, ...telling(entry)].join('; ');
}

/** What a function says and calls by name, in short. */
export function telling({ strings, calls }: Pick<FunctionReport, 'strings' | 'calls'>): string[] {
  const parts: string[] = [];
  const said = strings.slice(0, BRIEF.strings).map(quote);
  if (said.length > 0) parts.push(`says ${said.join(' ')}`);
  const called = calls.filter((name) => !ADDED_CALLS.has(name)).slice(0, BRIEF.calls);
  if (called.length > 0) parts.push(`calls ${called.join(' ')}`);
  return parts;
}

/** Every piece of evidence on lines of its own, indented below the function's line. */
export function functionEvidence(entry: FunctionReport, width: number, style: Style): string[] {
  const lines: string[] = [];
  const add = (what: string, text: string) => {
    if (text !== '')
      lines.push(`${style.faint(`${INDENT}${what.padEnd(11)}`)}${fit(text, width - INDENT.length - 11)}`);
  };
  add('found by', `${entry.foundBy}, ${entry.instructions} instructions in ${entry.blocks} blocks`);
  const built = [entry.compiler, entry.optimization].filter((scored) => scored !== null);
  add('built by', built.map(({ label, score }) => `${label} (${percent(score)})`).join(', '));
  if (entry.arguments !== null) {
    const { count, score, types = [] } = entry.arguments;
    const told = types.map((type) => `${type.label} ${percent(type.score)}`);
    add('arguments', `${count} (${percent(score)})${told.length > 0 ? `: ${told.join(', ')}` : ''}`);
  }
  add('names', entry.names.map(({ name, score }) => `${name} (${percent(score)})`).join(', '));
  add('does', doneBy(entry));
  if (entry.summary !== null) {
    const { text, score } = entry.summary;
    add('summary', `${text} (${percent(score)})`);
    add('', restsOn(entry.summary));
  }
  if (entry.noSummary !== undefined) add('summary', `none: ${entry.noSummary}`);
  entry.neighbours.forEach((near, at) => {
    add(at === 0 ? 'resembles' : '', `${near.name} (${near.score.toFixed(2)}), ${originOf(near)}`);
  });
  entry.labels.forEach((given, at) => {
    add(at === 0 ? 'labels' : '', `${given.label} (${percent(given.score)}), ${speaksFor(given)}`);
  });
  add('says', entry.strings.map(quote).join(' '));
  add('calls', entry.calls.join(' '));
  add('left open', entry.abstained.filter((field) => SHOWN_FIELDS.has(field)).join(', '));
  return lines;
}

/** A draft of its source below how good it is; why there is none where it was asked for. */
export function draftLines({ source, noSource }: FunctionReport, width: number, style: Style): string[] {
  const line = (what: string, text: string): string =>
    style.faint(`${INDENT}${what.padEnd(11)}${fit(text, width - INDENT.length - 11)}`);
  if (source === null) return noSource === undefined ? [] : [line('source', `none: ${noSource}`)];
  const { text, score, match } = source;
  return [
    line('source', `a draft that does the same with a probability of ${percent(score)}:`),
    line('', match),
    '',
    ...text
      .trimEnd()
      .split('\n')
      .map((own) => INDENT + own),
    '',
  ];
}

/** `like coreutils 9.1`; with the neighbour's name where the line does not show it already. */
function resemblance(entry: FunctionReport, near: Neighbour): string {
  const shown = entry.symbol === null && entry.role === null && entry.names[0]?.name === near.name;
  const which = `${shown ? '' : `${near.name} of `}${packageOf(near)}`;
  return near.match === 'similar' ? `like ${which}` : `same code as ${which}`;
}

function quote(text: string): string {
  return `"${text}"`;
}
