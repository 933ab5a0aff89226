/** What instructions are for that do one thing only, and what a function computes with. */

type Kind = 'instruction' | 'arithmetic';

/** With how many of them there are at least: fewer may be chance. What stands first tells more. */
const CAPABILITIES: readonly (readonly [kind: Kind, text: string, mnemonics: RegExp, least: number])[] = [
  ['instruction', 'encrypts by AES instructions', /^v?aes(?:enc|enclast|keygenassist|imc)$/, 1],
  ['instruction', 'decrypts by AES instructions', /^v?aes(?:dec|declast)$/, 1],
  ['instruction', 'computes digests by SHA instructions', /^sha(?:1|256)/, 1],
  ['instruction', 'computes CRC-32C checksums by instruction', /^crc32$/, 1],
  ['instruction', 'multiplies polynomials, as CRC and GCM do', /^v?pclmulqdq$/, 1],
  ['instruction', 'draws random numbers from the processor', /^rd(?:rand|seed)$/, 1],
  ['instruction', 'asks what the processor can do', /^(?:cpuid|xgetbv)$/, 1],
  ['instruction', 'reads the clock of the processor', /^rdtscp?$/, 1],
  ['instruction', 'calls the kernel itself', /^(?:syscall|sysenter)$/, 1],
  ['instruction', 'talks to hardware', /^(?:in|out)$/, 1],
  ['instruction', 'changes memory that threads share', /^(?:cmpxchg(?:8b|16b)?|xadd)$/, 1],
  ['instruction', 'takes square roots', /^v?sqrt[sp][sd]$|^fsqrt$/, 1],
  ['arithmetic', 'rotates bits, as hashes and ciphers do', /^(?:ro[lr]|rorx)$/, 8],
  ['arithmetic', 'swaps the order of bytes', /^(?:bswap|movbe|rol 8)$/, 1],
  ['arithmetic', 'counts bits', /^(?:popcnt|[lt]zcnt|bs[fr])$/, 1],
  ['arithmetic', 'computes with long doubles', /^f(?:add|sub|mul|div|subr|divr)p?$/, 2],
  ['arithmetic', 'computes with fractions', /^v?(?:add|sub|mul|div|fn?madd\d*|fn?msub\d*)[sp][sd]$/, 2],
];

/** What stands for a word of 16 bits whose bytes are swapped: it has no mnemonic of its own. */
export const SWAP = 'rol 8';

export interface InstructionCapability {
  readonly kind: Kind;
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
  const times = new Map<string, number>();
  for (const one of mnemonics) times.set(one, (times.get(one) ?? 0) + 1);
  return CAPABILITIES.flatMap(([kind, text, pattern, least], rank) => {
    const because = [...times.keys()].filter((one) => pattern.test(one));
    const count = because.reduce((sum, one) => sum + times.get(one)!, 0);
    return count < least ? [] : [{ kind, text, rank, at: mnemonics.indexOf(because[0]), because }];
  });
}
