/** A document as JSON, one line for each item of its lists, so that `grep` and `diff` work on it too. */

/** JSON.stringify leaves these as they are; a terminal or an editor may not. */
const UNESCAPED = /[\u007f-\u009f\u2028\u2029]/g;

/**
 * The document in pieces: whole, that of the largest programs would not fit a JavaScript string. A top-level
 * value may be any iterable and becomes an array.
 */
export function* renderJson(document: object): Generator<string> {
  yield '{\n';
  let separator = '';
  for (const [key, value] of Object.entries(document) as [string, unknown][]) {
    yield `${separator}  ${jsonText(key)}: `;
    if (isIterable(value)) yield* items(value);
    else yield jsonText(value);
    separator = ',\n';
  }
  yield '\n}\n';
}

function* items(values: Iterable<unknown>): Generator<string> {
  let separator = '[\n';
  for (const value of values) {
    yield `${separator}    ${jsonText(value)}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]' : '\n  ]';
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** On one line, and printable. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    UNESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
