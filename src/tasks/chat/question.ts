/** What a language model is asked of a function: a question, and the function's disassembly in it. */

import { disassembleRange } from '../../binary/x86/disassemble.ts';
import { formatCode } from '../../binary/x86/format.ts';
import type { Message } from '../../chat/client.ts';
import { BinscribeError } from '../../error.ts';

/** Where the disassembly goes. */
const CODE = '{code}';

/**
 * What arXiv 2404.19631 asks of ChatGPT, an English description of a function's machine code. The copy of the paper
 * that this project has does not print the words; these are ours. They name the form, since the metrics of text
 * compare an answer with a programmer's comment word by word.
 */
export const QUESTION = `Below is the disassembly of one function of a stripped x86-64 Linux program, in Intel syntax.
Describe in English what the function does, as the comment above it in its source code would: one to three sentences of plain text, without markup, and nothing else.

${CODE}
`;

/** @throws BinscribeError of kind `usage` where the question has no place for the code */
export function checkQuestion(question: string, path: string): void {
  if (question.includes(CODE)) return;
  throw new BinscribeError(
    'usage',
    `${path}: ${CODE} expected where the disassembly goes, got no such place`,
    {
      hint: 'The question is a text file; see `binscribe study chat --help`.',
    },
  );
}

export function ask(question: string, code: Uint8Array, address: number): Message[] {
  const listing = listingOf(code, address);
  return [{ role: 'user', content: question.replaceAll(CODE, () => listing) }];
}

/**
 * One instruction a line; before each that begins a block a line with its address, which jumps name. The address of
 * every instruction would make the text half as long again and tell no more.
 */
export function listingOf(code: Uint8Array, address: number): string {
  const { blocks } = disassembleRange(code, address);
  const starts = new Set(blocks.map(({ start }) => start));
  return formatCode(code, address)
    .flatMap((line) => [
      ...(starts.has(line.address) ? [`0x${line.address.toString(16)}:`] : []),
      `  ${line.text}`,
    ])
    .join('\n');
}
