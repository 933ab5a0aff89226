/**
 * The names of a dump's attributes as small numbers. Rows of one kind have their attributes in one order, so the name
 * that followed last time is tried first and most names are never made a string.
 */

/** Names of attributes that a dump may use: the published ones are 23. */
export const MAX_NAMES = 256;

export class Names {
  readonly texts: string[] = [];
  private readonly bytes: Uint8Array[] = [];
  private readonly ids = new Map<string, number>();
  private readonly following: number[] = [];

  /** The number of a name, or undefined where no row has had it yet. */
  find(name: string): number | undefined {
    return this.ids.get(name);
  }

  /** The number of the name at `start`, which has `length` bytes; -1 where there are too many names. */
  intern(buffer: Buffer, start: number, end: number, previous: number): number {
    const guess = this.following[previous + 1];
    if (guess !== undefined && this.isAt(guess, buffer, start, end)) return guess;
    const text = buffer.toString('latin1', start, end);
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.texts.length;
      if (id === MAX_NAMES) return -1;
      this.ids.set(text, id);
      this.texts.push(text);
      this.bytes.push(Uint8Array.prototype.slice.call(buffer, start, end));
    }
    this.following[previous + 1] = id;
    return id;
  }

  private isAt(id: number, buffer: Buffer, start: number, end: number): boolean {
    const bytes = this.bytes[id];
    if (bytes.length !== end - start) return false;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] !== buffer[start + i]) return false;
    return true;
  }
}
