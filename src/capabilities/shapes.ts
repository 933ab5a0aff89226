/** Functions that are as short as what they do: their whole text tells it. */

import { numberOf } from './numbers.ts';

/** Registers of the first arguments, in all their sizes (System V ABI for x86-64, section 3.2.3). */
const ARGUMENTS = [
  ['first', 'rdi|edi|di|dil'],
  ['second', 'rsi|esi|si|sil'],
  ['third', 'rdx|edx|dx|dl'],
  ['fourth', 'rcx|ecx|cx|cl'],
] as const;
const ARGUMENT = ARGUMENTS.map(([, registers]) => registers).join('|');
const POINTER = ARGUMENTS.map(([, registers]) => registers.slice(0, 3)).join('|');
const BYTES = { byte: '1 byte', word: '2 bytes', dword: '4 bytes', qword: '8 bytes' } as const;

const RESULT = 'rax|eax|ax|al';
const SIZE = Object.keys(BYTES).join('|');
const FIELD = `(${SIZE}) \\[(${POINTER})(?:\\+(0x[0-9a-f]+))?\\]`;
/** What compilers put around a function whatever it does. */
const FRAME = /^(?:endbr64|push rbp|mov rbp, rsp|pop rbp|leave|nop)$/;

const SHAPES: readonly (readonly [shape: RegExp, tell: (groups: readonly string[]) => string])[] = [
  [/^ret$/, () => 'does nothing'],
  [/^xor eax, eax\nret$/, () => 'returns 0 and does nothing else'],
  [
    new RegExp(`^mov (?:${RESULT}), (-?0x[0-9a-f]+)\\nret$`),
    ([value]) => `returns ${numberOf(value)} and does nothing else`,
  ],
  [
    new RegExp(`^mov (?:${RESULT}), (${ARGUMENT})\\nret$`),
    ([register]) => `returns its ${nth(register)} argument`,
  ],
  [
    new RegExp(`^mov(?:zx|sx|sxd)? (?:${RESULT}), ${FIELD}\\nret$`),
    ([size, pointer, offset]) =>
      `returns ${field(size, offset)} of what its ${nth(pointer)} argument points to`,
  ],
  [
    new RegExp(`^mov ${FIELD}, (${ARGUMENT})\\n(?:xor eax, eax\\n)?ret$`),
    ([size, pointer, offset, value]) =>
      `stores its ${nth(value)} argument in ${field(size, offset)} of what its ${nth(pointer)} argument points to`,
  ],
  [
    new RegExp(`^mov ${FIELD}, (-?0x[0-9a-f]+)\\n(?:xor eax, eax\\n)?ret$`),
    ([size, pointer, offset, value]) =>
      `sets ${field(size, offset)} of what its ${nth(pointer)} argument points to ${value === '0x0' ? 'to 0' : `to ${value}`}`,
  ],
  [
    new RegExp(`^mov(?:zx|sx|sxd)? (?:${RESULT}), (?:${SIZE}) \\[data\\]\\nret$`),
    () => 'returns a variable of the program',
  ],
  [new RegExp(`^lea rax, \\[data\\]\\nret$`), () => 'returns the address of data of the program'],
  [
    new RegExp(`^mov (?:${SIZE}) \\[data\\], (${ARGUMENT})\\n(?:xor eax, eax\\n)?ret$`),
    ([value]) => `stores its ${nth(value)} argument in a variable of the program`,
  ],
  [
    /^jmp ([A-Za-z_][\w.$]*)$/,
    ([name]) => (name === 'function' ? 'goes on in another function' : `goes on in ${name}`),
  ],
];

/**
 * @param lines of normalised assembly
 * @returns what the function does, all of it, or null where it is not one of these
 */
export function shapeOf(lines: readonly string[]): string | null {
  const text = lines.filter((line) => !FRAME.test(line)).join('\n');
  for (const [shape, tell] of SHAPES) {
    const match = shape.exec(text);
    if (match) return tell(match.slice(1));
  }
  return null;
}

function nth(register: string): string {
  return ARGUMENTS.find(([, registers]) => registers.split('|').includes(register))![0];
}

function field(size: string, offset: string | undefined): string {
  return `the ${BYTES[size as keyof typeof BYTES]} at offset ${offset ?? '0'}`;
}
