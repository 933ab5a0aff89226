/**
 * tf-idf: a term weighs (1 + ln tf) · ln((N + 1) / (df + 1)), the smoothed form of Salton and Buckley's, and a
 * vector is scaled to length 1, so that the dot product of two is their cosine.
 */

/** Inverse document frequency; 0 for a term that all entries have. */
export function inverseFrequency(entries: number, frequency: number): number {
  return Math.log((entries + 1) / (frequency + 1));
}

export function termWeight(count: number, idf: number): number {
  return count === 0 ? 0 : (1 + Math.log(count)) * idf;
}

/** Scales weights to length 1 in place, with `outside`, the sum of squares of what is not among them. */
export function normalise(weights: Float64Array | Float32Array, outside = 0): void {
  let sum = outside;
  for (let i = 0; i < weights.length; i++) sum += weights[i] * weights[i];
  if (sum === 0) return;
  const scale = 1 / Math.sqrt(sum);
  for (let i = 0; i < weights.length; i++) weights[i] *= scale;
}
