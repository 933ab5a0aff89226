/**
 * Makes a compiler keep what nobody calls: a `static` function on its own is compiled to nothing. A table at the end of
 * the file points to each function; the functions stay as their author wrote them.
 */

import { functionsOf } from '../c/functions.ts';

/** @returns the same text where it defines no function */
export function keepFunctions(source: string): string {
  const names = [...new Set(functionsOf(source).map(({ name }) => name))];
  if (names.length === 0) return source;
  const table = names.map((name) => `(const void *)${name}`).join(', ');
  return `${source}\nstatic const void *const binscribe_kept[] __attribute__((__used__)) = { ${table} };\n`;
}
