/** Where a command's answer goes: standard output as it comes, or a file that appears when all is there. */

import { PLAIN, type Style } from '../explain/render/style.ts';
import { writeWhole } from './files.ts';
import { DEFAULT_WIDTH, type Session, widthOf } from './session.ts';
import { styleFor } from './style.ts';

export interface AnswerOptions {
  /** A file to write instead of standard output. */
  output?: string | undefined;
  /** What the parts are: texts with an empty line between them, JSON documents for one array, lines of one table. */
  parts: 'texts' | 'array' | 'lines';
}

export class Answer {
  /** Cells in a line, and the colours, of the place that this goes to. */
  readonly width: number;
  readonly style: Style;
  private readonly session: Session;
  private readonly options: AnswerOptions;
  private readonly kept: string[] = [];
  private parts = 0;

  constructor(session: Session, options: AnswerOptions) {
    this.session = session;
    this.options = options;
    this.width = options.output === undefined ? widthOf(session.stdout) : DEFAULT_WIDTH;
    this.style = options.output === undefined ? styleFor(session.stdout, session.env) : PLAIN;
  }

  /** Whether nothing has been added yet. */
  get empty(): boolean {
    return this.parts === 0;
  }

  /** Adds the answer for one file. */
  add(pieces: Iterable<string>): void {
    const first = this.parts === 0;
    if (this.options.parts === 'array') this.write(first ? '[\n' : ',\n');
    else if (this.options.parts === 'texts' && !first) this.write('\n');
    for (const piece of pieces) this.write(piece);
    this.parts++;
  }

  /** Must be called last. A file is written only where there is an answer. */
  async end(): Promise<void> {
    if (this.options.parts === 'array') this.write(this.parts === 0 ? '[]\n' : ']\n');
    if (this.options.output !== undefined && this.parts > 0) await writeWhole(this.options.output, this.kept);
  }

  private write(text: string): void {
    if (this.options.output === undefined) this.session.stdout.write(text);
    else this.kept.push(text);
  }
}
