/**
 * Compiling, as the pure core sees it: drafts go out, machine code comes back. Who compiles (a sandbox on this machine, a
 * service, nobody in a page) is an edge's affair.
 */

import type { FunctionBody } from '../../binary/instruction.ts';
import type { AddressSpace } from '../../binary/memory.ts';
import type { VisibleNames } from '../../tokens/visible-names.ts';

/** How code was compiled. */
export interface Build {
  /** A family (`gcc`) as recognised in a program, or a version of one (`gcc-12`). */
  compiler: string;
  /** `O0` say. */
  level: string;
}

/** Source of a function that somebody proposes. */
export interface Draft {
  text: string;
  /** What must stand before it to compile, where that is known: types, declarations. It is no part of the draft. */
  preamble?: string;
}

/** What is compiled of a draft. */
export function sourceOf({ preamble, text }: Draft): string {
  return preamble === undefined ? text : `${preamble}\n${text}`;
}

/** What became of one draft: the code of its function and what it asks of others, or the compiler's first complaint. */
export type Recompiled =
  | {
      readonly body: FunctionBody;
      readonly names: VisibleNames;
      /** What its object holds, where that is kept. */
      readonly memory?: AddressSpace;
      readonly complaint: '';
    }
  | { readonly body: undefined; readonly complaint: string };

export interface Recompilation {
  /** What it was done with: the version where a family was asked for. */
  build: Build;
  /** One a draft, in order. */
  results: Recompiled[];
}

export interface Recompiler {
  /**
   * Compiles each draft on its own. Of several functions in a draft the last is meant, as helpers come before what uses
   * them. What does not compile is no error.
   *
   * @throws BinscribeError of kind `missing` where there is no such compiler, of kind `interrupted`
   */
  recompile(drafts: readonly Draft[], build: Build): Promise<Recompilation>;
}
