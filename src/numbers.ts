/** Numbers for people. */

/** 12345 as `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
