/**
 * Numbers by which algorithms are known, as they stand in instructions: initial states, polynomials, multipliers. Those of
 * 64 bits are left out: an operand above 2^53 is not exact.
 */

/** What a number stands for, with where it comes from. */
const ALGORITHMS: readonly (readonly [text: string, numbers: readonly number[]])[] = [
  // RFC 1321, first entries of the table T.
  ['computes MD5 digests', [0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee]],
  // FIPS 180-4, section 4.2.1: the last two; RIPEMD-160 and MD4 have the first two as well.
  ['computes SHA-1 digests', [0x8f1bbcdc, 0xca62c1d6]],
  ['computes SHA-1, RIPEMD-160 or MD4 digests', [0x5a827999, 0x6ed9eba1]],
  // The fifth word, FIPS 180-4, section 5.3.1.
  ['begins SHA-1 or RIPEMD-160 digests', [0xc3d2e1f0]],
  // RFC 1321 and FIPS 180-4: MD5 and SHA-1 begin alike, and so do MD4 and RIPEMD-160.
  ['begins digests like MD5 or SHA-1', [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]],
  // FIPS 180-4, sections 5.3.3, 5.3.2 and 4.2.2.
  ['begins SHA-256 digests', [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a]],
  ['begins SHA-224 digests', [0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939]],
  ['computes SHA-256 digests', [0x428a2f98, 0x71374491, 0xb5c0fbcf]],
  // "expand 32-byte k", as words (Bernstein).
  ['encrypts or decrypts by ChaCha20 or Salsa20', [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]],
  // IEEE 802.3, reflected; Castagnoli 1993, reflected; 802.3 as it is written.
  ['computes CRC-32 checksums', [0xedb88320, 0x04c11db7]],
  ['computes CRC-32C checksums', [0x82f63b78]],
  // RFC 1950: the largest prime below 65536, and by what compilers multiply to divide by it.
  ['computes Adler-32 checksums', [0xfff1, 0x80078071]],
  // Fowler, Noll and Vo.
  ['hashes by FNV', [0x811c9dc5, 0x01000193]],
  // Appleby.
  ['hashes by MurmurHash', [0xcc9e2d51, 0x1b873593, 0x85ebca6b, 0xc2b2ae35, 0x5bd1e995]],
  // Collet.
  ['hashes by xxHash', [0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1]],
  // Knuth's multiplicative hash, with the whole number and with a prime beside it; TEA adds the first up.
  ['mixes bits by the golden ratio', [0x9e3779b9, 0x9e3779b1]],
  // Matsumoto and Nishimura.
  ['draws from a Mersenne twister', [0x9908b0df, 0x6c078965, 0x9d2c5680, 0xefc60000]],
  // ANSI C's example of rand, and Numerical Recipes'.
  ['draws random numbers', [0x41c64e6d, 0x0019660d]],
  // Magic numbers of files, as little-endian words.
  ['knows ELF files', [0x464c457f]],
  ['knows ZIP files', [0x04034b50, 0x02014b50, 0x06054b50]],
  ['knows PNG files', [0x474e5089]],
  // Days of 400 years; from the year 0 to 1970.
  ['computes dates', [0x23ab1, 0xafa6c]],
  // The last code point; halves of what UTF-16 writes in two.
  ['reads or writes Unicode', [0x10ffff, 0x35fdc00]],
];

const CAPABILITIES = new Map(
  ALGORITHMS.flatMap(([text, numbers], rank) => numbers.map((number) => [number, { text, rank }] as const)),
);

const WORD = 2 ** 32;
/** A smaller number is a bound or a flag as often; as a multiplier it is neither. */
const LEAST = 0x20000;

export interface NumberCapability {
  readonly text: string;
  /** 0 for what tells most. */
  readonly rank: number;
  /** The number as tables of such numbers have it. */
  readonly shown: string;
}

/**
 * @param operand of normalised assembly, extended as its instruction does it: `-0x61c88647`
 * @param mnemonic of the instruction
 */
export function capabilityOfNumber(operand: string, mnemonic: string): NumberCapability | undefined {
  const signed = numberOf(operand);
  const value = signed < 0 ? signed + WORD : signed;
  if (value < LEAST && mnemonic !== 'imul') return undefined;
  const capability = CAPABILITIES.get(value);
  return capability && { ...capability, shown: `0x${value.toString(16)}` };
}

/** @param operand hexadecimal, as normalised assembly writes it: `-0x7` */
export function numberOf(operand: string): number {
  return operand.startsWith('-') ? -Number(operand.slice(1)) : Number(operand);
}
