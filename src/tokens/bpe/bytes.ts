/**
 * The alphabet of byte-level byte-pair encoding: each byte as one printable character, in GPT-2's way (Radford et al.,
 * 2019), so that any text can be written in it, and vocabularies can be exchanged with Hugging Face's tokenizers.
 */

/** Bytes that stand for themselves: those that are printable in Latin-1. */
const isPrintable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);

/** The others get characters from U+0100 on, in their order. */
function characters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
}

/** Character of each byte. */
export const BYTE_CHARACTERS: readonly string[] = characters();

/** All of them in the order of their code points, which is that of their numbers in a vocabulary. */
export const ALPHABET: readonly string[] = [...BYTE_CHARACTERS].sort((a, b) => (a < b ? -1 : 1));

/** Place in the alphabet of each byte. */
export const LETTER_OF_BYTE: Uint8Array = Uint8Array.from(BYTE_CHARACTERS, (character) =>
  ALPHABET.indexOf(character),
);

/** Byte of each letter of the alphabet. */
export const BYTE_OF_LETTER: Uint8Array = Uint8Array.from(ALPHABET, (character) =>
  BYTE_CHARACTERS.indexOf(character),
);
