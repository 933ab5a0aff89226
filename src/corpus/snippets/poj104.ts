/**
 * POJ-104 (Mou et al., AAAI 2016): programs that students handed in for 104 problems. There is no statement of a problem
 * and nothing that somebody said of a program; the group is the problem, and the label of retrieval and classification.
 */

import { C17, CPP98, type Dialect } from '../fragments/dialect.ts';
import type { Split } from '../recipe.ts';
import { chunksOf, decodeText, fileAt, fileEntry } from './input.ts';
import { LONGEST_CODE, type Collection, type Snippet } from './snippet.ts';
import { readTar } from './tar.ts';

export const POJ104_INPUT = 'ProgramData.tar.gz, or its folder';

/** CodeXGLUE's split: problems 1 to 64 train, 65 to 80 validate, 81 to 104 test. */
const FIRST_TEST_PROBLEM = 81;

export function openPoj104(input: string): Collection {
  const path = fileAt(input, 'ProgramData.tar.gz');
  return {
    notes: [
      "CodeXGLUE's split by problem: 1 to 64 and 65 to 80, which it validates on, are train here; 81 to 104 are test.",
      'A group is a problem, its number the label; programs have no text.',
      'C is compiled as gnu17, C++ as gnu++98; `void main` was made `int main`, and `gets` was declared.',
    ],
    files: async () => [await fileEntry(path)],
    snippets: () => programsOf(path),
  };
}

async function* programsOf(path: string): AsyncGenerator<Snippet, void> {
  for await (const file of readTar(chunksOf(path), 2 * LONGEST_CODE, path)) {
    const [, problem, program] = /(?:^|\/)(\d+)\/(\d+)\.txt$/.exec(file.path) ?? [];
    if (problem === undefined) continue;
    const code = file.content === null ? ' '.repeat(LONGEST_CODE + 1) : modern(decodeText(file.content));
    const split: Split = Number(problem) < FIRST_TEST_PROBLEM ? 'train' : 'test';
    yield {
      id: `${problem}/${program}`,
      group: problem,
      split,
      code,
      dialects: dialectsOf(code),
      text: null,
    };
  }
}

/** Most have no `#include`, so that only what they do tells the language; much of the C is C++ by accident. */
function dialectsOf(code: string): Dialect[] {
  const isCpp = /\b(cin|cout|endl|using\s+namespace|template|class)\b|<iostream/.test(code);
  return isCpp ? [CPP98] : [C17, CPP98];
}

/** What compilers of 2008 took: `main` without a value, and `gets`, which C and C++ have dropped since. */
function modern(text: string): string {
  const code = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll('\0', '');
  const gets = '#ifdef __cplusplus\nextern "C"\n#endif\nchar *gets(char *);\n';
  return (/\bgets\b/.test(code) ? gets : '') + code.replace(/\bvoid(\s+main\s*\()/, 'int$1');
}
