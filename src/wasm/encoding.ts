/** How WebAssembly writes numbers down, and the order of its instructions: bytes, nested as is convenient. */

/** Instructions as bytes, nested as they were put together. Operands stand before their operator. */
export type Code = readonly (number | Code)[];

/** Whole numbers of any size, seven bits a byte (LEB128). */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

/** The same with a sign. Numbers from 2^31 to 2^32 - 1, addresses for example, become the i32 of the same bits. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && byte < 0x40) || (rest === -1 && byte >= 0x40);
    bytes.push(done ? byte : byte | 0x80);
    if (done) return bytes;
  }
}

function bytesOf(view: Float32Array | Float64Array): number[] {
  return [...new Uint8Array(view.buffer)];
}

/** Engines run WebAssembly on little-endian machines; so do we. */
export function float32(value: number): number[] {
  return bytesOf(new Float32Array([value]));
}

export function float64(value: number): number[] {
  return bytesOf(new Float64Array([value]));
}

/** A count and that many things. */
export function vector(items: readonly Code[]): Code {
  return [unsigned(items.length), items];
}

/** A length in bytes and the bytes. */
export function sized(code: Code): Code {
  const bytes = flatten(code);
  return [unsigned(bytes.length), bytes];
}

export function name(text: string): Code {
  return vector(Array.from(text, (letter) => [letter.charCodeAt(0)]));
}

export function flatten(code: Code): number[] {
  const bytes: number[] = [];
  const add = (part: Code): void => {
    for (const item of part) {
      if (typeof item === 'number') bytes.push(item);
      else add(item);
    }
  };
  add(code);
  return bytes;
}
