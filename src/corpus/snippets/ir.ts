/** LLVM IR as text, cut into functions. */

/**
 * The definitions of a module by the names of their symbols. Attributes and metadata that they refer to by number stay
 * with the module.
 *
 * @param text as `clang -S -emit-llvm` prints it: a definition begins and ends at the start of a line
 */
export function functionsOfIr(text: string): Map<string, string> {
  const functions = new Map<string, string>();
  let from = text.startsWith('define ') ? 0 : text.indexOf('\ndefine ') + 1;
  while (from > 0 || text.startsWith('define ', from)) {
    const end = text.indexOf('\n}\n', from);
    if (end < 0) break;
    const definition = text.slice(from, end + 2);
    const name = nameIn(definition);
    if (name !== undefined) functions.set(name, definition);
    from = text.indexOf('\ndefine ', end) + 1;
    if (from === 0) break;
  }
  return functions;
}

/** Behind the first `@`: return types and attributes have none. */
function nameIn(definition: string): string | undefined {
  const match = /@(?:"((?:[^"\\]|\\[0-9A-Fa-f]{2})*)"|([-\w$.]+))\(/.exec(definition);
  return (
    match?.[1]?.replace(/\\([0-9A-Fa-f]{2})/g, (_, code: string) =>
      String.fromCharCode(parseInt(code, 16)),
    ) ?? match?.[2]
  );
}
