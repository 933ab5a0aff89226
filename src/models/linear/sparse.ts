/** Sparse rows in compressed form: row r holds entries starts[r] … starts[r + 1] - 1. */

export interface SparseMatrix {
  rows: number;
  columns: number;
  /** Length rows + 1. */
  starts: Uint32Array;
  /** Column of each entry. */
  indices: Uint32Array;
  values: Float32Array;
}

/** One row: columns and values. */
export interface SparseVector {
  indices: Uint32Array;
  values: Float32Array;
}

/** A row that has every column. */
export function denseRow(values: readonly number[]): SparseVector {
  return { indices: Uint32Array.from(values.keys()), values: Float32Array.from(values) };
}

/** @param columns Every index in `rows` is below it. */
export function stackRows(rows: readonly SparseVector[], columns: number): SparseMatrix {
  const starts = new Uint32Array(rows.length + 1);
  for (let r = 0; r < rows.length; r++) starts[r + 1] = starts[r] + rows[r].indices.length;
  const indices = new Uint32Array(starts[rows.length]);
  const values = new Float32Array(starts[rows.length]);
  for (let r = 0; r < rows.length; r++) {
    indices.set(rows[r].indices, starts[r]);
    values.set(rows[r].values, starts[r]);
  }
  return { rows: rows.length, columns, starts, indices, values };
}
