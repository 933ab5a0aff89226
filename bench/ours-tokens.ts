/**
 * The tokens of a program's code, by our reader: numbers in order of first appearance, as a network's vocabulary has
 * them. An instruction is its name; a register its name; a number its low byte; a place in memory its parts.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Register } from 'iced-x86';
import { openBinary } from '../src/binary/open.ts';
import { decode } from '../src/binary/x86/decode.ts';
import { MNEMONIC_NAMES, REGISTER_NAMES } from '../src/binary/x86/names.ts';
import type { Instruction, Operand } from '../src/binary/instruction.ts';
import { tellOnce } from './once.ts';
import type { TokensCase } from './open.ts';

const folder = process.argv[3];
const { path, ranges, bare } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as TokensCase;

const BARE = new Uint8Array(MNEMONIC_NAMES.length);
for (const name of bare) if (MNEMONIC_NAMES.includes(name)) BARE[MNEMONIC_NAMES.indexOf(name)] = 1;

/** Ids of one kind of token, by what it is made of; 0 where it has none yet. */
class Vocabulary {
  readonly words: string[] = [];
  private readonly known = new Map<string, number>();

  /** A column of ids, and the words that they stand for. */
  column(words: readonly string[]): (index: number) => number {
    const ids = new Int32Array(words.length).fill(-1);
    return (index) => {
      if (ids[index] < 0) ids[index] = this.id(words[index]);
      return ids[index];
    };
  }

  id(word: string): number {
    let id = this.known.get(word);
    if (id === undefined) {
      id = this.words.length;
      this.words.push(word);
      this.known.set(word, id);
    }
    return id;
  }
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const started = performance.now();
const vocabulary = new Vocabulary();
const mnemonic = vocabulary.column(MNEMONIC_NAMES);
const register = vocabulary.column(REGISTER_NAMES);
const immediate = vocabulary.column(BYTES.map((byte) => `#${byte}`));
const target = vocabulary.column(BYTES.map((byte) => `@${byte}`));
const displacement = vocabulary.column(BYTES.map((byte) => `+${byte}`));
const scale = vocabulary.column(Array.from({ length: 9 }, (_, by) => `*${by}`));
const open = vocabulary.column(['[']);
/** A number of which our reader does not keep every bit. */
const big = vocabulary.column(['#big']);

let ids = new Uint32Array(1 << 20);
let count = 0;

function pushInstruction(instruction: Instruction): void {
  if (count + 32 > ids.length) {
    const larger = new Uint32Array(ids.length * 2);
    larger.set(ids);
    ids = larger;
  }
  ids[count++] = mnemonic(instruction.mnemonic);
  if (BARE[instruction.mnemonic]) return;
  for (const operand of instruction.operands) pushOperand(operand, instruction.address + instruction.length);
}

function pushOperand(operand: Operand, next: number): void {
  switch (operand.kind) {
    case 'register':
      ids[count++] = register(operand.register);
      return;
    case 'immediate':
      ids[count++] = Math.abs(operand.value) < 2 ** 53 ? immediate(lowByte(operand.value)) : big(0);
      return;
    case 'target':
      ids[count++] = target(lowByte(operand.address));
      return;
    default:
      ids[count++] = open(0);
      if (operand.segment !== 0) ids[count++] = register(operand.segment);
      if (operand.ripRelative) ids[count++] = register(Register.RIP);
      if (operand.base !== 0) ids[count++] = register(operand.base);
      if (operand.index !== 0) {
        ids[count++] = register(operand.index);
        if (operand.scale !== 1) ids[count++] = scale(operand.scale);
      }
      ids[count++] = displacement(
        lowByte(operand.ripRelative ? operand.displacement - next : operand.displacement),
      );
  }
}

/** Also of what is beyond 32 bits. */
function lowByte(value: number): number {
  return value === (value | 0) ? value & 255 : ((value % 256) + 256) % 256;
}

const binary = openBinary(readFileSync(path));
for (const [address, , size] of ranges) {
  for (const instruction of decode(binary.memory.slice(address, size), address, binary.budget)) {
    pushInstruction(instruction);
  }
}
const digest = createHash('sha256').update(new Uint8Array(ids.buffer, 0, count * 4));
digest.update(vocabulary.words.join('\n'));
tellOnce({ milliseconds: performance.now() - started, digest: digest.digest('hex'), count });
