/** Types of C that a draft has: how they compare, how large they are, and how they are written. */

export type CType =
  | { readonly kind: 'int'; readonly bits: number; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: number }
  | { readonly kind: 'pointer'; readonly to: CType | undefined };

export function sameType(a: CType | undefined, b: CType | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.kind === 'pointer') return b.kind === 'pointer' && sameType(a.to, b.to);
  if (a.kind === 'int') return b.kind === 'int' && a.bits === b.bits && a.signed === b.signed;
  return b.kind === 'float' && a.bits === b.bits;
}

export function sizeOf(type: CType): number {
  return type.kind === 'pointer' ? 8 : type.bits / 8;
}

const INTEGERS: Readonly<Record<number, string>> = {
  8: 'char',
  16: 'short',
  32: 'int',
  64: 'long',
  128: '__int128',
};

/** As C writes it before a name, with stars. */
export function typeName(type: CType): string {
  if (type.kind === 'float') return type.bits === 32 ? 'float' : 'double';
  if (type.kind === 'int') {
    const name = INTEGERS[type.bits];
    return type.signed ? name : name === 'int' ? 'unsigned' : `unsigned ${name}`;
  }
  const to = type.to === undefined ? 'char' : typeName(type.to);
  return to.endsWith('*') ? `${to}*` : `${to} *`;
}
