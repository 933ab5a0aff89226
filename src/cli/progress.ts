/**
 * Progress on standard error: one line that is rewritten on a terminal, a line now and then in a log, nothing
 * for what is over in a moment.
 */

import { fit } from '../explain/render/columns.ts';
import { sanitize } from '../explain/sanitize.ts';
import { type Session, widthOf } from './session.ts';

/** Milliseconds. A terminal shows what takes over a second; a log should not fill with lines. */
const TERMINAL = { first: 1000, between: 100 } as const;
const LOG = { first: 10_000, between: 10_000 } as const;
/** Less than this tells little about the speed. */
const SHARE_FOR_FORECAST = 0.02;

/** Moves to the start of the line and clears it. */
const REWRITE = '\r\u001b[K';

export class Progress {
  private readonly session: Session;
  private readonly what: string;
  private readonly unit: string;
  private readonly started = performance.now();
  private next: number;
  private drawn = false;

  /**
   * @param what the work, as `explaining /bin/ls`
   * @param unit what is counted
   */
  constructor(session: Session, what: string, unit = 'functions') {
    this.session = session;
    this.unit = unit;
    this.what = sanitize(what, 200);
    this.next = this.started + this.pace.first;
  }

  private get pace(): typeof TERMINAL | typeof LOG {
    return this.session.stderr.isTTY ? TERMINAL : LOG;
  }

  /** Says on a terminal that work has begun which will take over a second before its first number. */
  begin(): void {
    if (this.session.stderr.isTTY) this.draw(`${this.what} …`);
  }

  /** Tells what is known now, where it is time to. */
  update(done: number, total: number): void {
    const now = performance.now();
    // What is done needs no word: the answer follows.
    if (now < this.next || done >= total) return;
    this.next = now + this.pace.between;
    const share = total === 0 ? 1 : done / total;
    const counted = `${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} ${this.unit}`;
    const left =
      share < SHARE_FOR_FORECAST ? '' : `, ${forecast((now - this.started) * (1 / share - 1))} left`;
    this.draw(`${this.what}: ${counted}${left}`);
  }

  /** Tells in words of the caller's, where it is time to. */
  say(text: string): void {
    const now = performance.now();
    if (now < this.next) return;
    this.next = now + this.pace.between;
    this.draw(sanitize(text, 200));
  }

  /** Leaves the terminal as it was. */
  end(): void {
    if (this.drawn && this.session.stderr.isTTY) this.session.stderr.write(REWRITE);
    this.drawn = false;
  }

  private draw(text: string): void {
    const { stderr } = this.session;
    if (stderr.isTTY) stderr.write(`${REWRITE}${fit(text, widthOf(stderr) - 1)}`);
    else stderr.write(`${text}\n`);
    this.drawn = true;
  }
}

/** Work in several steps, each with its own count and its own time left. */
export class Steps {
  private readonly session: Session;
  private step = '';
  private progress: Progress | undefined;

  constructor(session: Session) {
    this.session = session;
  }

  update(step: string, done: number, total: number): void {
    if (step !== this.step) {
      this.end();
      this.step = step;
      this.progress = new Progress(this.session, step, 'done');
      this.progress.begin();
    }
    this.progress?.update(done, total);
  }

  end(): void {
    this.progress?.end();
    this.progress = undefined;
  }
}

/** @returns `80 s` or `12 min` */
export function forecast(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
