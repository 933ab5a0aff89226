/** Which functions `--function` means. */

import type { FoundFunction } from '../binary/binary.ts';
import { BinscribeError } from '../error.ts';
import type { Role } from './schema.ts';
import { sanitize } from './sanitize.ts';

/**
 * The functions that any of `wanted` names: by symbol, by role (`main`), or by an address, `0x…`, at or inside
 * it. In the order of `functions`; all of them where nothing is wanted.
 *
 * @throws BinscribeError of kind `usage` for a name or address that fits none.
 */
export function selectFunctions(
  functions: readonly FoundFunction[],
  wanted: readonly string[],
  roles: ReadonlyMap<number, Role>,
): FoundFunction[] {
  if (wanted.length === 0) return [...functions];
  const chosen = new Set<FoundFunction>();
  for (const text of wanted) {
    const fits = matcher(text, roles);
    const matches = functions.filter(fits);
    if (matches.length === 0) {
      throw new BinscribeError('usage', `no function '${sanitize(text, 80)}' among ${functions.length}`, {
        hint: 'Give a symbol, main, or an address as 0x…; `binscribe functions FILE` lists them.',
      });
    }
    for (const match of matches) chosen.add(match);
  }
  return functions.filter((entry) => chosen.has(entry));
}

function matcher(text: string, roles: ReadonlyMap<number, Role>): (entry: FoundFunction) => boolean {
  if (/^0x[0-9a-f]+$/i.test(text)) {
    const address = Number.parseInt(text, 16);
    return (entry) =>
      entry.address === address || (address > entry.address && address < entry.address + entry.size);
  }
  return (entry) =>
    entry.symbol === text ||
    // As our own output shows it.
    (entry.symbol !== null && sanitize(entry.symbol) === text) ||
    roles.get(entry.address) === text;
}
