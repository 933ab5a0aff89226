/** LLVM IR as text, cut into functions. */

/**
 * The definitions of a module by the names of their symbols. Attributes and metadata that they refer to by number stay
 * with the module.
 *
 * @param text as `clang -S -emit-llvm` prints it: a definition begins and ends at the start of a line
 */
export function functionsOfIr(text: string): Map<string, string> {
  const functions = new Map<string, string>();
  for (let from = start(text, 0); from >= 0;) {
    const end = text.indexOf('\n}\n', from);
    if (end < 0) break;
    const definition = text.slice(from, end + 2);
    const name = nameIn(definition);
    if (name !== undefined) functions.set(name, definition);
    from = start(text, end + 2);
  }
  return functions;
}

/** Of the next definition; -1 where there is none. */
function start(text: string, from: number): number {
  if (text.startsWith('define ', from)) return from;
  const at = text.indexOf('\ndefine ', from);
  return at < 0 ? -1 : at + 1;
}

/** Behind the first `@`: return types and attributes have none. */
function nameIn(definition: string): string | undefined {
  const [, quoted, plain] = /@(?:"((?:[^"\\]|\\[0-9A-Fa-f]{2})*)"|([-\w$.]+))\(/.exec(definition) ?? [];
  const character = (_: string, code: string): string => String.fromCharCode(parseInt(code, 16));
  return quoted?.replace(/\\([0-9A-Fa-f]{2})/g, character) ?? plain;
}
