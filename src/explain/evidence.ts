/** What a function calls and refers to, by name: the part of the evidence that needs no model. */

import type { Binary, FoundFunction } from '../binary/binary.ts';
import type { FunctionBody } from '../binary/instruction.ts';
import { EVIDENCE_LIMITS } from './limits.ts';
import { sanitize } from './sanitize.ts';

/** Characters of a string that tells something by itself: `%d` and line ends are in every other function. */
const MIN_TELLING = 4;

/** Answers which name, if any, the file itself gives to an address that is called. */
export class NameIndex {
  private readonly names = new Map<number, string>();

  constructor(binary: Binary, functions: readonly FoundFunction[]) {
    for (const found of functions) {
      if (found.symbol !== null) this.names.set(found.address, found.symbol);
    }
    for (const [address, name] of binary.imports) this.names.set(address, name);
  }

  /** The name that the file gives to what starts, or is linked, at an address. */
  at(address: number): string | undefined {
    return this.names.get(address);
  }

  /** The names of what `body` calls, in order, each once; calls through import slots included. */
  calls(body: FunctionBody): string[] {
    const called: [from: number, name: string][] = [];
    for (const { from, to } of body.calls) {
      const name = this.names.get(to);
      if (name !== undefined) called.push([from, name]);
    }
    for (const { address, flow, operands } of body.instructions) {
      if (flow !== 'indirect-call' && flow !== 'indirect-jump') continue;
      const target = operands[0];
      if (target?.kind !== 'memory' || !target.ripRelative) continue;
      const name = this.names.get(target.displacement);
      if (name !== undefined) called.push([address, name]);
    }
    called.sort((a, b) => a[0] - b[0]);
    return bounded(
      called.map(([, name]) => name),
      EVIDENCE_LIMITS.calls,
      EVIDENCE_LIMITS.nameLength,
    );
  }
}

/** The strings that `body` refers to, made printable and bounded. */
export function stringsOf(body: FunctionBody): string[] {
  return bounded(
    body.strings
      .map((reference) => reference.text)
      .filter((text) => text.length >= MIN_TELLING && text.trim() !== ''),
    EVIDENCE_LIMITS.strings,
    EVIDENCE_LIMITS.stringLength,
  );
}

/** The first `count` different texts, printable, each at most `length` characters. */
function bounded(texts: readonly string[], count: number, length: number): string[] {
  const kept = new Set<string>();
  for (const text of texts) {
    if (kept.size === count) break;
    kept.add(sanitize(text, length));
  }
  return [...kept];
}
