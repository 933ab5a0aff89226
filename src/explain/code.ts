/**
 * The code of a function as a page shows it: instructions as text, what they refer to by name, and the blocks. It
 * is a document of its own beside the report, which would be ten times as long with it.
 */

import type { Binary } from '../binary/binary.ts';
import type { FunctionBody } from '../binary/instruction.ts';
import { formatCode } from '../binary/x86/format.ts';
import type { Opened } from './batches.ts';
import type { NameIndex } from './evidence.ts';
import { hex } from './file.ts';
import { sanitize } from './sanitize.ts';
import { EVIDENCE_LIMITS } from './limits.ts';

/** One instruction. */
export interface CodeLine {
  /** Bytes. */
  length: number;
  /** Intel syntax. */
  text: string;
  /** The string or the import that it refers to, printable; null for most. */
  note: string | null;
}

/** A run of instructions that is entered at its first and left at its last. */
export interface CodeBlock {
  /** How many of the function's instructions it has; the first block begins with the first of them. */
  count: number;
  /** Indices of the blocks that may follow. */
  successors: number[];
}

export interface FunctionCode {
  /** Hexadecimal, `0x…`, as in the report. */
  address: string;
  lines: CodeLine[];
  /** In order; together they hold every line. */
  blocks: CodeBlock[];
  /** True where an indirect jump leaves edges unknown. */
  incomplete: boolean;
}

/** The code of one function. */
export function codeOf(binary: Binary, { found, body }: Opened, names: NameIndex): FunctionCode {
  const notes = notesOf(body, names);
  const lines = formatCode(binary.memory.slice(found.address, found.size), found.address);
  return {
    address: hex(found.address),
    lines: lines.map(({ address, bytes, text }) => ({
      length: bytes.length,
      text,
      note: notes.get(address) ?? null,
    })),
    blocks: body.blocks.map(({ count, successors }) => ({ count, successors })),
    incomplete: body.incomplete,
  };
}

/** What instructions refer to, by their addresses: a string's text, or a name that the file gives. */
function notesOf(body: FunctionBody, names: NameIndex): Map<number, string> {
  const notes = new Map<number, string>();
  for (const { from, text } of body.strings) {
    notes.set(from, `"${sanitize(text, EVIDENCE_LIMITS.stringLength)}"`);
  }
  for (const { address, operands } of body.instructions) {
    for (const operand of operands) {
      const target =
        operand.kind === 'target'
          ? operand.address
          : operand.kind === 'memory' && operand.ripRelative
            ? operand.displacement
            : undefined;
      const name = target === undefined ? undefined : names.at(target);
      if (name !== undefined) notes.set(address, sanitize(name, EVIDENCE_LIMITS.stringLength));
    }
  }
  return notes;
}
