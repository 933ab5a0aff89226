/**
 * HumanEval's problems with the C functions that Decompile-Eval has of them: what a function shall do, in the words of
 * the problem's author, and a function that does it.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BinscribeError } from '../../error.ts';
import { readDocument } from '../document.ts';
import { C17 } from '../fragments/dialect.ts';
import { fileEntry, jsonLines, textField } from './input.ts';
import type { Collection, Snippet } from './snippet.ts';

export const HUMANEVAL_INPUT =
  'a folder with humaneval/openai/HumanEval.jsonl.gz and llm4decompile/decompile-eval.json';

const PROBLEMS = 'humaneval/openai/HumanEval.jsonl.gz';
const FUNCTIONS = 'llm4decompile/decompile-eval.json';

/** Decompile-Eval has each function four times, with the assembly of a level each. */
const functionsShape = z.array(z.object({ task_id: z.int(), c_func: z.string() }));

export function openHumanEval(input: string): Collection {
  for (const name of [PROBLEMS, FUNCTIONS]) {
    if (!existsSync(join(input, name)))
      throw new BinscribeError('unreadable', `${input}: no ${name} in this folder`);
  }
  return {
    notes: ['A text is the description in the Python problem, its examples included; a group is a problem.'],
    files: () => Promise.all([PROBLEMS, FUNCTIONS].map((name) => fileEntry(join(input, name)))),
    snippets: () => problemsOf(join(input, PROBLEMS), join(input, FUNCTIONS)),
  };
}

async function* problemsOf(problems: string, functions: string): AsyncGenerator<Snippet, void> {
  const list = readDocument(functions, {
    shape: functionsShape,
    name: 'Decompile-Eval',
    absent: 'unreadable',
    wrong: 'corrupt',
    hint: 'It is decompile-eval.json of LLM4Decompile.',
  });
  const codes = new Map(list.map(({ task_id, c_func }) => [task_id, c_func]));
  for await (const row of jsonLines(problems)) {
    const id = textField(row, 'task_id', problems);
    const code = codes.get(Number(id.split('/')[1]));
    if (code === undefined) continue;
    const text = description(textField(row, 'prompt', problems));
    yield {
      id,
      group: id,
      code,
      dialects: [C17],
      target: 'func0',
      text: text === '' ? null : { text, kind: 'problem', author: null, reference: id, licence: 'MIT' },
    };
  }
}

/** The last docstring of a prompt (helpers have theirs before it), without its indentation. */
function description(prompt: string): string {
  const quoted =
    prompt
      .match(/"""[^]*?"""|'''[^]*?'''/g)
      ?.at(-1)
      ?.slice(3, -3) ?? '';
  return quoted
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim();
}
