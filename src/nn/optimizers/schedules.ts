/** How the learning rate goes: a factor for each step, counted from 1. */

export type Schedule = (step: number) => number;

export const constantRate: Schedule = () => 1;

/** Grows evenly from 0 to 1 over `warmup` steps, then follows `after`, whose steps count from there. */
export function warmUp(warmup: number, after: Schedule = constantRate): Schedule {
  return (step) => (step < warmup ? step / warmup : after(step - warmup));
}

/** Falls from 1 to `floor` over `steps` along half a cosine (Loshchilov and Hutter 2017, equation 5). */
export function cosine(steps: number, floor = 0): Schedule {
  return (step) => floor + ((1 - floor) * (1 + Math.cos(Math.PI * Math.min(1, step / steps)))) / 2;
}

/** Falls evenly from 1 to `floor` over `steps`. */
export function linearDecay(steps: number, floor = 0): Schedule {
  return (step) => floor + (1 - floor) * Math.max(0, 1 - step / steps);
}

/** Vaswani et al. 2017, equation 3: grows over `warmup` steps, then falls with the root of the step. */
export function noam(width: number, warmup: number): Schedule {
  return (step) => width ** -0.5 * Math.min(step ** -0.5, step * warmup ** -1.5);
}

/** What `Plateau` remembers; part of a checkpoint. */
export interface PlateauState {
  factor: number;
  best: number | null;
  waited: number;
}

export interface PlateauOptions {
  /** The rate is multiplied with this … */
  readonly factor?: number;
  /** … after so many evaluations without a better one. */
  readonly patience?: number;
  readonly mode?: 'min' | 'max';
}

/** Lowers the rate when a metric no longer gets better. */
export class Plateau {
  state: PlateauState = { factor: 1, best: null, waited: 0 };
  private readonly options: Required<PlateauOptions>;

  constructor(options: PlateauOptions = {}) {
    this.options = { factor: 0.1, patience: 10, mode: 'min', ...options };
  }

  /** Tells the metric of an evaluation; the factor from now on. */
  observe(metric: number): number {
    const { factor, patience, mode } = this.options;
    const { best } = this.state;
    const better = best === null || (mode === 'min' ? metric < best : metric > best);
    if (better) this.state = { ...this.state, best: metric, waited: 0 };
    else if (this.state.waited < patience) this.state = { ...this.state, waited: this.state.waited + 1 };
    else this.state = { factor: this.state.factor * factor, best, waited: 0 };
    return this.state.factor;
  }
}
