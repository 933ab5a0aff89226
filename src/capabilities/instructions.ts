/** What instructions are for that do one thing only, and what many of a kind together mean. */

/** By what a mnemonic is; what stands first tells more. */
const SINGLE: readonly (readonly [text: string, mnemonics: RegExp])[] = [
  ['encrypts by AES instructions', /^v?aes(?:enc|enclast|keygenassist|imc)$/],
  ['decrypts by AES instructions', /^v?aes(?:dec|declast)$/],
  ['computes digests by SHA instructions', /^sha(?:1|256)/],
  ['computes CRC-32C checksums by instruction', /^crc32$/],
  ['multiplies polynomials, as CRC and GCM do', /^v?pclmulqdq$/],
  ['draws random numbers from the processor', /^rd(?:rand|seed)$/],
  ['asks what the processor can do', /^(?:cpuid|xgetbv)$/],
  ['reads the clock of the processor', /^rdtscp?$/],
  ['calls the kernel itself', /^(?:syscall|sysenter)$/],
  ['talks to hardware', /^(?:in|out)$/],
  ['changes memory that threads share', /^(?:cmpxchg(?:8b|16b)?|xadd)$/],
  ['takes square roots', /^v?sqrt[sp][sd]$|^fsqrt$/],
];

/** What stands for a word of 16 bits whose bytes are swapped: it has no mnemonic of its own. */
export const SWAP = 'rol 8';

/** How often together: less may be chance. */
const MANY: readonly (readonly [text: string, mnemonics: RegExp, least: number])[] = [
  ['rotates bits, as hashes and ciphers do', /^(?:ro[lr]|rorx)$/, 8],
  ['swaps the order of bytes', /^(?:bswap|movbe|rol 8)$/, 1],
  ['counts bits', /^(?:popcnt|[lt]zcnt|bs[fr])$/, 1],
  ['computes with long doubles', /^f(?:add|sub|mul|div|subr|divr)p?$/, 2],
  ['computes with fractions', /^v?(?:add|sub|mul|div|fn?madd\d*|fn?msub\d*)[sp][sd]$/, 2],
];

export interface InstructionCapability {
  readonly text: string;
  /** 0 for what tells most. */
  readonly rank: number;
  /** Index of the first of them. */
  readonly at: number;
  /** Mnemonics, each once. */
  readonly because: readonly string[];
}

/** @param mnemonics of a function, in their order */
export function capabilitiesOfInstructions(mnemonics: readonly string[]): InstructionCapability[] {
  const kinds = [...SINGLE.map(([text, kind]) => [text, kind, 1] as const), ...MANY];
  const times = new Map<string, number>();
  for (const one of mnemonics) times.set(one, (times.get(one) ?? 0) + 1);
  return kinds.flatMap(([text, kind, least], rank) => {
    const because = [...times.keys()].filter((one) => kind.test(one));
    const count = because.reduce((sum, one) => sum + times.get(one)!, 0);
    return count < least ? [] : [{ text, rank, at: mnemonics.indexOf(because[0]), because }];
  });
}
