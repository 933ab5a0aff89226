/**
 * Items that are not independent of one another. In data sets of functions a text or a piece of code comes many times:
 * one function in many builds, one sentence above many functions. Whoever draws single items from such a set takes
 * repetitions for evidence, and gets intervals that are too narrow.
 */

import type { Random } from '../../random.ts';

/** Groups of items, each a list of numbers of items; every item is in one. */
export type Groups = readonly (readonly number[])[];

/** Each item by itself. */
export function alone(items: number): Groups {
  return Array.from({ length: items }, (_, i) => [i]);
}

/**
 * Connected components: two items are in one group where they share a key, or where others lead from one to the other.
 * @param keys lists of all items' keys; null shares nothing
 */
export function connected(items: number, keys: readonly (readonly (string | null)[])[]): Groups {
  const parents = Int32Array.from({ length: items }, (_, i) => i);
  const rootOf = (item: number): number => {
    let root = item;
    // Halving the path on the way keeps all of them short.
    while (parents[root] !== root) root = parents[root] = parents[parents[root]];
    return root;
  };
  for (const list of keys) {
    const first = new Map<string, number>();
    list.forEach((key, item) => {
      if (key === null) return;
      const other = first.get(key);
      if (other === undefined) first.set(key, item);
      else parents[rootOf(item)] = rootOf(other);
    });
  }
  return groupsBy(items, rootOf);
}

/** What is left of groups in a part of the items, which are numbered anew in the order given. */
export function restrict(groups: Groups, members: readonly number[]): Groups {
  const groupOf = new Map<number, number>();
  groups.forEach((items, group) => items.forEach((item) => groupOf.set(item, group)));
  return groupsBy(members.length, (i) => groupOf.get(members[i])!);
}

function groupsBy(items: number, label: (item: number) => number): Groups {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < items; i++) {
    const of = label(i);
    const group = groups.get(of);
    if (group === undefined) groups.set(of, [i]);
    else group.push(i);
  }
  return [...groups.values()];
}

/** Kish's effective size: so many groups of one size would tell as much. */
export function effectiveSize(groups: Groups): number {
  const items = groups.reduce((sum, { length }) => sum + length, 0);
  return items ** 2 / groups.reduce((sum, { length }) => sum + length ** 2, 0);
}

/** How often each item is taken where as many groups as there are have been drawn with replacement. */
export function drawGroups(groups: Groups, items: number, random: Random): Float64Array {
  const times = new Float64Array(items);
  for (let i = 0; i < groups.length; i++) {
    for (const item of groups[random.below(groups.length)]) times[item]++;
  }
  return times;
}

/** An order in which all groups have each other's outputs, whoever's. */
export function shuffleGroups(groups: Groups, items: number, random: Random): Int32Array {
  return orderOf(groups, items, random.shuffle(Int32Array.from(groups, (_, group) => group)));
}

/** An order in which a share of the groups, drawn at random, have another's outputs. */
export function spoilGroups(groups: Groups, items: number, share: number, random: Random): Int32Array {
  const chosen = random
    .shuffle(Array.from(groups, (_, group) => group))
    .slice(0, Math.round(groups.length * share));
  const from = Int32Array.from(groups, (_, group) => group);
  // One step around a circle: nobody keeps his own.
  chosen.forEach((group, k) => (from[group] = chosen[(k + 1) % chosen.length]));
  return orderOf(groups, items, from);
}

/**
 * Item i has the output of item order[i]: those of a group have another group's, in turn, so that what stood with many
 * items of one group stands with many of one group again. Between groups of different sizes no permutation does that.
 */
function orderOf(groups: Groups, items: number, from: ArrayLike<number>): Int32Array {
  const order = new Int32Array(items);
  groups.forEach((members, group) => {
    const others = groups[from[group]];
    members.forEach((item, k) => (order[item] = others[k % others.length]));
  });
  return order;
}
