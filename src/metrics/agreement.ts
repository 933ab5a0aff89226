/**
 * How far raters agree beyond chance: Cohen's kappa (1960; with weights 1968) of two, Krippendorff's alpha (Content
 * Analysis, 1980, chapter 12) of any number, of whom each may have left items out. 1 is agreement in all, 0 what
 * chance gives.
 */

/** Values of the items by one rater after another; null where a rater has none. */
export type Ratings = readonly (readonly (number | null)[])[];

/** How unlike two values are. */
export type Difference = 'nominal' | 'ordinal' | 'interval';

/** How much it weighs that two raters differ: any difference the same, or the square of it. */
export type KappaWeights = 'none' | 'quadratic';

/**
 * Of the items that both have rated; the classes are all values that occur, in their order.
 * @param times how often each item counts; once where absent
 * @returns NaN where both give one value to everything, or share no item
 */
export function cohenKappa(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
  weights: KappaWeights,
  times?: ArrayLike<number>,
): number {
  const both = a.flatMap((value, i) => (value !== null && b[i] !== null ? [i] : []));
  const classes = [...new Set(both.flatMap((i) => [a[i]!, b[i]!]))].sort((p, q) => p - q);
  const place = new Map(classes.map((value, k) => [value, k]));
  const k = classes.length;
  const [table, rows, columns] = [new Float64Array(k * k), new Float64Array(k), new Float64Array(k)];
  let total = 0;
  for (const i of both) {
    const [row, column, count] = [place.get(a[i]!)!, place.get(b[i]!)!, times?.[i] ?? 1];
    table[row * k + column] += count;
    rows[row] += count;
    columns[column] += count;
    total += count;
  }
  let [observed, expected] = [0, 0];
  for (let row = 0; row < k; row++) {
    for (let column = 0; column < k; column++) {
      const weight = weights === 'quadratic' ? (row - column) ** 2 : Number(row !== column);
      observed += weight * table[row * k + column];
      expected += (weight * rows[row] * columns[column]) / total;
    }
  }
  return expected > 0 ? 1 - observed / expected : Number.NaN;
}

/**
 * @param times how often each item counts; once where absent
 * @returns NaN where no item has two values, or all values are one
 */
export function krippendorffAlpha(
  ratings: Ratings,
  difference: Difference,
  times?: ArrayLike<number>,
): number {
  const classes = [...new Set(ratings.flat().filter((value) => value !== null))].sort((p, q) => p - q);
  const place = new Map(classes.map((value, k) => [value, k]));
  const k = classes.length;
  // Coincidences: each ordered pair of an item's values, so that an item counts as often as it has values.
  const pairs = new Float64Array(k * k);
  const items = ratings[0]?.length ?? 0;
  for (let item = 0; item < items; item++) {
    const values = ratings.flatMap((rater) => (rater[item] === null ? [] : [place.get(rater[item]!)!]));
    if (values.length < 2) continue;
    const weight = (times?.[item] ?? 1) / (values.length - 1);
    values.forEach((p, i) => values.forEach((q, j) => (pairs[p * k + q] += i === j ? 0 : weight)));
  }
  const sums = Float64Array.from(classes, (_, p) =>
    pairs.subarray(p * k, (p + 1) * k).reduce((x, y) => x + y, 0),
  );
  const total = sums.reduce((x, y) => x + y, 0);
  let [observed, expected] = [0, 0];
  for (let p = 0; p < k; p++) {
    for (let q = 0; q < k; q++) {
      const far = squaredDifference(p, q, classes, sums, difference);
      observed += far * pairs[p * k + q];
      expected += (far * sums[p] * sums[q]) / (total - 1);
    }
  }
  return expected > 0 ? 1 - observed / expected : Number.NaN;
}

function squaredDifference(
  p: number,
  q: number,
  classes: readonly number[],
  sums: Float64Array,
  difference: Difference,
): number {
  if (difference === 'nominal') return Number(p !== q);
  if (difference === 'interval') return (classes[p] - classes[q]) ** 2;
  const [low, high] = [Math.min(p, q), Math.max(p, q)];
  // Values of ranks: how many lie between the middles of the two classes.
  let between = -(sums[low] + sums[high]) / 2;
  for (let g = low; g <= high; g++) between += sums[g];
  return between ** 2;
}
