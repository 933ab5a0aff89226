/**
 * L-BFGS (Nocedal and Wright, Numerical Optimization, 2nd edition, algorithms 7.4 and 7.5) with a backtracking
 * line search: for smooth convex losses it needs tens of passes where plain gradient descent needs thousands.
 */

/** Returns the loss at `at` and writes its gradient into `gradient`. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  iterations: number;
  /** Steps remembered for the curvature; 3 to 20 do (N&W p. 179). */
  memory?: number;
  /** Stops once the loss falls by less than this share of itself in a step. */
  tolerance?: number;
}

/** Armijo's constant: a step must win at least this share of what the slope promises (N&W p. 33). */
const SUFFICIENT = 1e-4;
/** Halvings before a direction is given up: 2^-30 of a step changes nothing. */
const MAX_HALVINGS = 30;

/** @returns The place of the least loss found; `start` is left as it is. */
export function minimise(start: Float64Array, objective: Objective, options: MinimiseOptions): Float64Array {
  const { iterations, memory = 10, tolerance = 1e-6 } = options;
  const size = start.length;
  let at = start.slice();
  let next = new Float64Array(size);
  let gradient = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const history: { step: Float64Array; change: Float64Array; curvature: number }[] = [];
  let loss = objective(at, gradient);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const direction = searchDirection(gradient, history);
    const slope = dot(direction, gradient);
    if (!(slope < 0)) break;
    // Without curvature the length of the gradient says nothing about that of the step.
    let length = history.length === 0 ? 1 / Math.sqrt(dot(gradient, gradient)) : 1;
    let nextLoss = Infinity;
    for (let halving = 0; halving < MAX_HALVINGS; halving++, length /= 2) {
      for (let i = 0; i < size; i++) next[i] = at[i] + length * direction[i];
      nextLoss = objective(next, nextGradient);
      if (nextLoss <= loss + SUFFICIENT * length * slope) break;
    }
    if (!(nextLoss < loss)) break;
    const step = new Float64Array(size);
    const change = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      step[i] = next[i] - at[i];
      change[i] = nextGradient[i] - gradient[i];
    }
    const curvature = dot(step, change);
    // Backtracking does not ensure positive curvature; a pair without it would spoil the direction.
    if (curvature > 0) history.push({ step, change, curvature });
    if (history.length > memory) history.shift();
    const won = loss - nextLoss;
    [at, next] = [next, at];
    [gradient, nextGradient] = [nextGradient, gradient];
    loss = nextLoss;
    if (won < tolerance * Math.abs(loss)) break;
  }
  return at;
}

/** Minus the inverse Hessian, as far as the history tells it, times the gradient (two-loop recursion). */
function searchDirection(
  gradient: Float64Array,
  history: readonly { step: Float64Array; change: Float64Array; curvature: number }[],
): Float64Array {
  const direction = gradient.map((g) => -g);
  const shares = new Float64Array(history.length);
  for (let k = history.length - 1; k >= 0; k--) {
    const { step, change, curvature } = history[k];
    shares[k] = dot(step, direction) / curvature;
    addScaled(direction, change, -shares[k]);
  }
  const last = history.at(-1);
  if (last) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  for (let k = 0; k < history.length; k++) {
    const { step, change, curvature } = history[k];
    addScaled(direction, step, shares[k] - dot(change, direction) / curvature);
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i] += scale * source[i];
}
