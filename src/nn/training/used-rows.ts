/** Which rows of a table a step has used: of a large vocabulary, a batch uses a small part. */

import type { Slot, Stretch } from './layout.ts';

export class UsedRows {
  private readonly slot: Slot;
  /** Of each row, 1 where it is used. */
  private readonly marks: Uint8Array;
  private rows: number[] = [];

  constructor(slot: Slot) {
    this.slot = slot;
    this.marks = new Uint8Array(slot.shape[0]);
  }

  add(indices: ArrayLike<number | bigint>): void {
    for (let i = 0; i < indices.length; i++) {
      const row = Number(indices[i]);
      if (this.marks[row] !== 0) continue;
      this.marks[row] = 1;
      this.rows.push(row);
    }
  }

  /** Where the rows lie; those side by side are one stretch. */
  stretches(): Stretch[] {
    const { offset, size, shape, group } = this.slot;
    const width = size / shape[0];
    const found: Stretch[] = [];
    for (const row of this.rows.sort((a, b) => a - b)) {
      const start = offset + row * width;
      const last = found[found.length - 1];
      if (last?.end === start) found[found.length - 1] = { ...last, end: start + width };
      else found.push({ start, end: start + width, group });
    }
    return found;
  }

  /** For the next step. */
  clear(): void {
    for (const row of this.rows) this.marks[row] = 0;
    this.rows = [];
  }
}
