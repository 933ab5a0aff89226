/** The log of a training: JSON, one record a line. */

/** A step, or an evaluation when it has a metric. */
export interface LogRecord {
  readonly step: number;
  readonly epoch: number;
  readonly loss?: number;
  readonly learningRate?: number;
  readonly gradientNorm?: number;
  /** Of an evaluation, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export class TrainingLog {
  private text: string;

  constructor(text = '') {
    this.text = text;
  }

  /** @returns the line that was added */
  append(record: LogRecord): string {
    const line = `${JSON.stringify(record)}\n`;
    this.text += line;
    return line;
  }

  get bytes(): Uint8Array {
    return new TextEncoder().encode(this.text);
  }

  get records(): LogRecord[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogRecord);
  }

  /** Length in bytes: records are ASCII. */
  get length(): number {
    return this.text.length;
  }

  /** The log as it was when it had this length. */
  truncated(length: number): TrainingLog {
    return new TrainingLog(this.text.slice(0, length));
  }
}
