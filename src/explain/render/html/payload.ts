/** What the page's script is given: the report, and the code of its functions in chunks that it opens when needed. */

import type { FunctionCode } from '../../code.ts';
import { pack } from './pack.ts';
import type { Chunk, PackedCode } from './packed.ts';

/**
 * Characters of code in a chunk: opened in a few milliseconds, and as long as deflate looks back twice, so that
 * larger ones would not be much smaller packed.
 */
const CHUNK = 65_536;

/** Takes the code of a report's functions and holds it packed: of a large program it would fill memory otherwise. */
export class CodePacker {
  private readonly packed: Chunk[] = [];
  private held: PackedCode[] = [];
  private size = 0;
  private first = 0;

  /** Takes the code of the next function of the report: for `ExplainOptions.code`. */
  readonly add = (code: FunctionCode): void => {
    const packed = packCode(code);
    this.held.push(packed);
    this.size += packed.text.length;
    if (this.size >= CHUNK) this.close();
  };

  /** All that was added. */
  chunks(): readonly Chunk[] {
    if (this.held.length > 0) this.close();
    return this.packed;
  }

  private close(): void {
    this.packed.push({ first: this.first, data: pack(this.held) });
    this.first += this.held.length;
    this.held = [];
    this.size = 0;
  }
}

function packCode({ lines, blocks, incomplete }: FunctionCode): PackedCode {
  return {
    lengths: lines.map(({ length }) => length.toString(16)).join(''),
    text: lines.map(({ text }) => text).join('\n'),
    notes: lines.flatMap(({ note }, line): [number, string][] => (note === null ? [] : [[line, note]])),
    blocks: blocks.map(({ count, successors }) => [count, ...successors]),
    incomplete,
  };
}
