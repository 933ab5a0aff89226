/**
 * What makes a source file of each snippet of a batch. One compiler decides, so that all compilers and levels get the
 * same text. The step is idempotent, its result addressed by what decides it.
 */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { candidatesOf } from '../fragments/candidates.ts';
import { causeOf, type Cause } from '../fragments/causes.ts';
import { compileFragments } from '../fragments/compile.ts';
import { keepFunctions } from '../fragments/keep.ts';
import { SandboxCompiler, type Source } from '../fragments/sandbox-compiler.ts';
import { contentKey } from '../hash.ts';
import type { Batch } from './batch.ts';
import { LONGEST_CODE, type Snippet } from './snippet.ts';
import type { SnippetContext } from './unit.ts';

/** Goes into every key: raise it when candidates change. */
const SETTLE_VERSION = 1;

/** Of each snippet the source that compiles, or why there is none. */
export type Settled = readonly (Source | Cause)[];

/** @throws BinscribeError of kind `interrupted` */
export async function settleBatch({ snippets }: Batch, context: SnippetContext): Promise<Settled> {
  const { place, sandbox, signal } = context;
  const [compiler] = context.compilers;
  const key = settleKey(snippets, context);
  const target = place.settled(key);
  if (!existsSync(target)) {
    const sandboxed = new SandboxCompiler(sandbox, compiler, signal);
    const partial = place.partial(`${key}.json`);
    try {
      const found = await compileFragments(snippets.map(attemptsOf), sandboxed);
      const chosen = found.map(({ candidate, complaint }, i): number | Cause => {
        if (candidate !== undefined) return candidate;
        return snippets[i].code.length > LONGEST_CODE ? 'too large' : causeOf(complaint);
      });
      writeFileSync(partial, JSON.stringify(chosen));
      place.settle(partial, target);
    } finally {
      sandboxed.close();
      rmSync(partial, { force: true });
    }
  }
  const chosen = JSON.parse(readFileSync(target, 'utf8')) as (number | Cause)[];
  return chosen.map((choice, i) => (typeof choice === 'number' ? attemptsOf(snippets[i])[choice] : choice));
}

export function settleKey(snippets: readonly Snippet[], { compilers, sandbox }: SnippetContext): string {
  const texts = snippets.map(({ code, dialects }) => [code, dialects]);
  return contentKey(JSON.stringify([SETTLE_VERSION, compilers[0], sandbox.isolated, texts]));
}

/** The sources that are tried in turn. What keeps functions may not compile where branches of `#if` take them away. */
export function attemptsOf({ code, dialects }: Pick<Snippet, 'code' | 'dialects'>): Source[] {
  if (code.length > LONGEST_CODE) return [];
  return dialects.flatMap((dialect) =>
    candidatesOf(code, dialect.language).flatMap(({ source }) => {
      const kept = dialect.language === 'c' ? keepFunctions(source) : source;
      return kept === source
        ? [{ dialect, source }]
        : [kept, source].map((text) => ({ dialect, source: text }));
    }),
  );
}
