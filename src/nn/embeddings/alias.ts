/** Draws from a distribution in constant time: the alias method (Walker 1977, built as Vose 1991 does). */

/**
 * A slot for each outcome, two numbers a slot: a threshold and an alias. A draw takes a slot and a fraction, both
 * evenly spread; a fraction (in steps of 2^-32) below the threshold means the slot's own outcome, else the alias.
 * @param weights Not negative, not all zero; they need not sum to 1
 */
export function aliasTable(weights: Float64Array): Uint32Array {
  const count = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scaled = weights.map((weight) => (weight * count) / total);
  const table = new Uint32Array(2 * count);
  const small: number[] = [];
  const large: number[] = [];
  scaled.forEach((share, slot) => (share < 1 ? small : large).push(slot));
  while (small.length > 0 && large.length > 0) {
    const slot = small.pop()!;
    const donor = large[large.length - 1];
    table[2 * slot] = Math.floor(scaled[slot] * 2 ** 32);
    table[2 * slot + 1] = donor;
    scaled[donor] -= 1 - scaled[slot];
    if (scaled[donor] < 1) small.push(large.pop()!);
  }
  // What is left is 1 but for rounding: its alias is itself, so that the threshold does not matter.
  for (const slot of [...small, ...large]) {
    table[2 * slot] = 0xffffffff;
    table[2 * slot + 1] = slot;
  }
  return table;
}
