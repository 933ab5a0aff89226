/** Damage to files, reproducible from a seed. */

/** Numbers in [0, 1): mulberry32, whose 2^32 period is ample for choosing mutations. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values at which readers break: limits of signed and unsigned fields, and one past them. */
const EDGES = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

/** Ranges of a file in which damage is worth more than elsewhere: headers and tables. */
export interface Focus {
  offset: number;
  size: number;
}

/**
 * A damaged copy: one to eight of flipped bits, edge values, copied, zeroed or randomised stretches, most of
 * them in a focus, and now and then a cut-off end.
 */
export function mutate(original: Uint8Array, focuses: readonly Focus[], random: () => number): Uint8Array {
  const below = (n: number): number => Math.floor(random() * n);
  let bytes = new Uint8Array(original);
  const place = (): number => {
    const focus = focuses[below(focuses.length)];
    if (!focus || random() < 0.2) return below(bytes.length);
    return Math.min(bytes.length - 1, focus.offset + below(Math.max(1, focus.size)));
  };
  for (let edits = 1 + below(8); edits > 0; edits--) {
    const at = place();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    switch (below(6)) {
      case 0:
        bytes[at] ^= 1 << below(8);
        break;
      case 1:
        bytes[at] = below(256);
        break;
      case 2:
        if (at + 4 <= bytes.length) view.setUint32(at, EDGES[below(EDGES.length)], true);
        break;
      case 3:
        if (at + 8 <= bytes.length) {
          view.setUint32(at, EDGES[below(EDGES.length)], true);
          view.setUint32(at + 4, EDGES[below(EDGES.length)], true);
        }
        break;
      case 4:
        bytes.copyWithin(at, place(), Math.min(bytes.length, at + below(64)));
        break;
      default:
        bytes.fill(random() < 0.5 ? 0 : 0xff, at, Math.min(bytes.length, at + 1 + below(16)));
    }
  }
  if (random() < 0.1) bytes = bytes.slice(0, below(bytes.length));
  return bytes;
}
