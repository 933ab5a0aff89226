/** Instructions as text, for people. Nothing is computed from this text. */

import { Decoder, DecoderOptions, Formatter, FormatterSyntax, Instruction } from 'iced-x86';

export interface InstructionText {
  address: number;
  bytes: Uint8Array;
  /** Intel syntax. */
  text: string;
}

/** The text of each instruction of `code`; bytes that begin none are shown as `(bad)`. */
export function formatCode(code: Uint8Array, address: number): InstructionText[] {
  const lines: InstructionText[] = [];
  if (code.length === 0) return lines;
  const decoder = new Decoder(64, code, DecoderOptions.None);
  const formatter = new Formatter(FormatterSyntax.Intel);
  const instruction = new Instruction();
  try {
    formatter.hexPrefix = '0x';
    formatter.hexSuffix = '';
    formatter.uppercaseHex = false;
    formatter.spaceAfterOperandSeparator = true;
    formatter.ripRelativeAddresses = false;
    formatter.branchLeadingZeros = false;
    decoder.ip = BigInt(address);
    for (let at = 0; at < code.length;) {
      decoder.decodeOut(instruction);
      const length = instruction.isInvalid ? 1 : instruction.length;
      if (instruction.isInvalid) {
        decoder.position = at + 1;
        decoder.ip = BigInt(address + at + 1);
      }
      const text = instruction.isInvalid ? '(bad)' : formatter.format(instruction);
      lines.push({ address: address + at, bytes: code.subarray(at, at + length), text });
      at += length;
    }
  } finally {
    instruction.free();
    formatter.free();
    decoder.free();
  }
  return lines;
}
