/** Matrices of whole numbers: each row or column w becomes round(w / s) with s = max |w| / limit, zero staying zero. */

/** A matrix [rows, columns], row after row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

export interface Int8Matrix {
  /** In the order of the matrix that it was made of. */
  readonly data: Int8Array;
  /** What a row or a column is multiplied with to be what it was. */
  readonly scales: Float32Array;
}

/** One scale for each row. @param limit the largest whole number */
export function quantizeRows({ rows, columns, data }: Matrix, limit: number): Int8Matrix {
  const scales = new Float32Array(rows);
  const whole = new Int8Array(data.length);
  for (let i = 0; i < rows; i++) {
    const start = i * columns;
    let largest = 0;
    for (let j = start; j < start + columns; j++) largest = Math.max(largest, Math.abs(data[j]));
    // A row of zeros has any scale.
    scales[i] = largest === 0 ? 1 : largest / limit;
    for (let j = start; j < start + columns; j++) whole[j] = Math.round(data[j] / scales[i]);
  }
  return { data: whole, scales };
}

/** One scale for each column. */
export function quantizeColumns({ rows, columns, data }: Matrix, limit: number): Int8Matrix {
  const turned = turn(data, rows, columns, new Float32Array(data.length));
  const { data: whole, scales } = quantizeRows({ rows: columns, columns: rows, data: turned }, limit);
  return { data: turn(whole, columns, rows, new Int8Array(data.length)), scales };
}

function turn<T extends Float32Array | Int8Array>(from: T, rows: number, columns: number, to: T): T {
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
  return to;
}
