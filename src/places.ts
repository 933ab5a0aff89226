/**
 * A map of a program's functions: a place in the plane for each vector, like near like. The principal components
 * give the start; then, as in UMAP, each function is pulled to those that are nearest to it among the vectors and
 * pushed from others taken at random. Random numbers are from a fixed seed: the same vectors give the same map.
 */

export interface Place {
  x: number;
  y: number;
}

/** Neighbours of each function that pull: UMAP's default, and enough to hold groups together. */
const NEIGHBOURS = 15;
/** Passes over all pulls; later ones move what a reader does not see, and of many functions fewer do. */
const PASSES = { most: 200, least: 50 } as const;
/** Functions that are moved in all passes together, in about a second. */
const MOVES = 500_000;
/** Pushes for each pull, each from a function taken at random. */
const PUSHES = 3;
/** All pairs are compared up to here, in seconds; of more functions the map is the principal components. */
const MOST = 12_000;
/** Steps until a component stands still, far more than a map needs. */
const POWER_STEPS = 60;
/** No step is longer, whatever the forces. */
const LONGEST_STEP = 4;
/** The start's extent, in which the forces are of the order of one. */
const EXTENT = 10;
/** A place in a report has so many steps: finer than a screen's. */
const STEPS = 10_000;

/**
 * @param vectors unit vectors of one length; undefined for what has none
 * @returns places in [0, 1], null for what has no vector
 */
export function placesOf(vectors: readonly (Float32Array | undefined)[]): (Place | null)[] {
  const known = vectors.filter((vector) => vector !== undefined);
  const points = principal(known);
  if (known.length > NEIGHBOURS && known.length <= MOST) spread(points, nearest(known));
  const places = scaled(points);
  let next = 0;
  return vectors.map((vector) => (vector === undefined ? null : places[next++]));
}

/** Two coordinates of each vector, one after the other: along the directions in which they differ most. */
function principal(vectors: readonly Float32Array[]): Float64Array {
  const width = vectors.at(0)?.length ?? 0;
  const mean = new Float64Array(width);
  for (const vector of vectors) for (let i = 0; i < width; i++) mean[i] += vector[i] / vectors.length;
  const directions: Float64Array[] = [];
  for (let component = 0; component < 2; component++) {
    // Any start will do that is not at right angles to the direction; these have no pattern in common with data.
    let direction = Float64Array.from({ length: width }, (_, i) => Math.sin(1 + i * (component + 1.7)));
    for (let step = 0; step < POWER_STEPS; step++) {
      const next = new Float64Array(width);
      for (const vector of vectors) {
        let along = 0;
        for (let i = 0; i < width; i++) along += (vector[i] - mean[i]) * direction[i];
        for (let i = 0; i < width; i++) next[i] += (vector[i] - mean[i]) * along;
      }
      for (const earlier of directions) {
        const share = dot(next, earlier);
        for (let i = 0; i < width; i++) next[i] -= share * earlier[i];
      }
      const length = Math.sqrt(dot(next, next));
      // All vectors are alike in what is left.
      if (length === 0) break;
      direction = next.map((value) => value / length);
    }
    directions.push(direction);
  }
  const points = new Float64Array(vectors.length * 2);
  vectors.forEach((vector, at) => {
    directions.forEach((direction, axis) => {
      for (let i = 0; i < width; i++) points[2 * at + axis] += (vector[i] - mean[i]) * direction[i];
    });
  });
  return points;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

interface Pulls {
  /** `NEIGHBOURS` others for each function. */
  to: Int32Array;
  /** How strong, in (0, 1]: 1 for the nearest. */
  weight: Float64Array;
}

/** The nearest neighbours of each vector, by comparing all pairs. */
function nearest(vectors: readonly Float32Array[]): Pulls {
  const count = vectors.length;
  // Four products at a time, which a processor computes side by side.
  const width = Math.ceil(vectors[0].length / 4) * 4;
  const flat = new Float32Array(count * width);
  vectors.forEach((vector, at) => flat.set(vector, at * width));
  const to = new Int32Array(count * NEIGHBOURS).fill(-1);
  const distance = new Float64Array(count * NEIGHBOURS).fill(Infinity);
  const insert = (of: number, other: number, far: number): void => {
    let at = of * NEIGHBOURS + NEIGHBOURS - 1;
    if (far >= distance[at]) return;
    for (; at > of * NEIGHBOURS && distance[at - 1] > far; at--) {
      distance[at] = distance[at - 1];
      to[at] = to[at - 1];
    }
    distance[at] = far;
    to[at] = other;
  };
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < a; b++) {
      const left = a * width;
      const right = b * width;
      let first = 0;
      let second = 0;
      let third = 0;
      let fourth = 0;
      for (let i = 0; i < width; i += 4) {
        first += flat[left + i] * flat[right + i];
        second += flat[left + i + 1] * flat[right + i + 1];
        third += flat[left + i + 2] * flat[right + i + 2];
        fourth += flat[left + i + 3] * flat[right + i + 3];
      }
      const product = first + second + third + fourth;
      const far = Math.sqrt(Math.max(0, 2 - 2 * product));
      insert(a, b, far);
      insert(b, a, far);
    }
  }
  const weight = new Float64Array(count * NEIGHBOURS);
  for (let of = 0; of < count; of++) {
    const own = distance.subarray(of * NEIGHBOURS, (of + 1) * NEIGHBOURS);
    const beyond = own.reduce((sum, far) => sum + far - own[0], 0) / NEIGHBOURS;
    own.forEach((far, at) => {
      weight[of * NEIGHBOURS + at] = beyond === 0 ? 1 : Math.exp((own[0] - far) / beyond);
    });
  }
  return { to, weight };
}

/** Moves `points` by pulls and pushes, both after the curve 1 / (1 + d²), in steps that become smaller. */
function spread(points: Float64Array, { to, weight }: Pulls): void {
  const count = points.length / 2;
  const largest = points.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const random = randomNumbers();
  // Those that were alike would stay on each other.
  points.forEach((value, at) => (points[at] = (value / largest) * EXTENT + random() * 0.01));
  const clip = (value: number): number => Math.max(-LONGEST_STEP, Math.min(LONGEST_STEP, value));
  const passes = Math.round(Math.max(PASSES.least, Math.min(PASSES.most, MOVES / count)));
  for (let pass = 0; pass < passes; pass++) {
    const step = 1 - pass / passes;
    for (let edge = 0; edge < to.length; edge++) {
      if (random() > weight[edge]) continue;
      const a = Math.floor(edge / NEIGHBOURS) * 2;
      const b = to[edge] * 2;
      const dx = points[a] - points[b];
      const dy = points[a + 1] - points[b + 1];
      const square = dx * dx + dy * dy;
      const pull = (-2 * step) / (1 + square);
      points[a] += clip(pull * dx);
      points[a + 1] += clip(pull * dy);
      points[b] -= clip(pull * dx);
      points[b + 1] -= clip(pull * dy);
      for (let push = 0; push < PUSHES; push++) {
        const other = Math.floor(random() * count) * 2;
        if (other === a) continue;
        const ex = points[a] - points[other];
        const ey = points[a + 1] - points[other + 1];
        const far = ex * ex + ey * ey;
        const force = (2 * step) / ((0.001 + far) * (1 + far));
        points[a] += clip(force * ex);
        points[a + 1] += clip(force * ey);
      }
    }
  }
}

/** Mulberry32: a few operations a number, and no pattern that a map would show. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Into the unit square, both axes alike, in the middle. */
function scaled(points: Float64Array): Place[] {
  const ranges = [0, 1].map((axis) => {
    let [least, most] = [Infinity, -Infinity];
    for (let at = axis; at < points.length; at += 2) {
      least = Math.min(least, points[at]);
      most = Math.max(most, points[at]);
    }
    return { middle: (least + most) / 2, extent: most - least };
  });
  const extent = Math.max(...ranges.map((range) => range.extent)) || 1;
  const place = (at: number, axis: number): number => {
    const value = (points[2 * at + axis] - ranges[axis].middle) / extent + 0.5;
    return Math.min(1, Math.max(0, Math.round(value * STEPS) / STEPS));
  };
  return Array.from({ length: points.length / 2 }, (_, at) => ({ x: place(at, 0), y: place(at, 1) }));
}
