/** Whether a score of 0.8 is right in four cases of five. `right` holds 1 where the answer was right, else 0. */

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  count: number;
  /** Mean score of its items. */
  score: number;
  /** Share of its items that were right. */
  right: number;
}

/** Mean squared difference between score and outcome (Brier 1950, its form for one event). */
export function brier(scores: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += (scores[i] - right[i]) ** 2;
  return sum / scores.length;
}

/** Bins of equal width over [0, 1]: bin i holds the scores of (i/n, (i+1)/n], the first 0 too. Empty ones left out. */
export function equalWidthBins(
  scores: ArrayLike<number>,
  right: ArrayLike<number>,
  bins: number,
): ReliabilityBin[] {
  const members: number[][] = Array.from({ length: bins }, () => []);
  for (let i = 0; i < scores.length; i++) {
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(scores[i] * bins) - 1));
    members[bin].push(i);
  }
  return members.filter((bin) => bin.length > 0).map((bin) => summarise(bin, scores, right));
}

/** Bins of equal mass: the items in order of score, cut into `bins` runs whose sizes differ by at most one. */
export function equalMassBins(
  scores: ArrayLike<number>,
  right: ArrayLike<number>,
  bins: number,
): ReliabilityBin[] {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  const result: ReliabilityBin[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor((bin * order.length) / bins);
    const to = Math.floor(((bin + 1) * order.length) / bins);
    if (to > from) result.push(summarise(order.slice(from, to), scores, right));
  }
  return result;
}

/** Expected calibration error: mean of |share right - mean score| over the items' bins; NaN without items. */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  let sum = 0;
  let all = 0;
  for (const bin of bins) {
    sum += bin.count * Math.abs(bin.right - bin.score);
    all += bin.count;
  }
  return sum / all;
}

function summarise(
  members: readonly number[],
  scores: ArrayLike<number>,
  right: ArrayLike<number>,
): ReliabilityBin {
  let score = 0;
  let hits = 0;
  for (const i of members) {
    score += scores[i];
    hits += right[i];
  }
  return { count: members.length, score: score / members.length, right: hits / members.length };
}
