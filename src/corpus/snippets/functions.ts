/**
 * Single functions, as AnghaBench has them: a folder of `.c` files (`PROJECT/extr_FILE.c_FUNCTION.c`), or JSON Lines with
 * `source`, and `function`, `origin` and `project` where they are known. The text is the function's name.
 */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { functionsOf } from '../c/functions.ts';
import { C17 } from '../fragments/dialect.ts';
import { projectOf } from './anghabench-projects.ts';
import { decodeText, fileEntry, filesIn, folderEntry, isFolder, jsonLines, textField } from './input.ts';
import { LONGEST_CODE, type Collection, type Snippet } from './snippet.ts';

export const FUNCTIONS_INPUT = 'a folder of .c files, or a file .jsonl or .jsonl.gz';

export function openFunctions(input: string): Collection {
  const notes = [
    'A text is the name of its function; a group is the project that the function was mined from.',
  ];
  if (isFolder(input, FUNCTIONS_INPUT)) {
    return {
      notes,
      files: async () => [await folderEntry(input, filesIn(input, '.c'))],
      snippets: () => fromFolder(input),
    };
  }
  return { notes, files: async () => [await fileEntry(input)], snippets: () => fromLines(input) };
}

async function* fromFolder(root: string): AsyncGenerator<Snippet, void> {
  for (const path of filesIn(root, '.c')) {
    // Larger ones are counted, not read.
    const full = join(root, path);
    const code =
      statSync(full).size > 2 * LONGEST_CODE ? ' '.repeat(LONGEST_CODE + 1) : decodeText(readFileSync(full));
    const [project] = path.split('/');
    yield snippet(
      path,
      path.includes('/') ? project : projectOf(path),
      code,
      functionsOf(code).at(-1)?.name,
      path,
    );
  }
}

async function* fromLines(path: string): AsyncGenerator<Snippet, void> {
  let line = 0;
  for await (const row of jsonLines(path)) {
    line++;
    const text = (name: string): string | undefined => (name in row ? textField(row, name, path) : undefined);
    const code = textField(row, 'source', path);
    const origin = text('origin');
    const name = text('function') ?? functionsOf(code).at(-1)?.name;
    const group = text('project') ?? (origin === undefined ? String(line) : projectOf(origin));
    // Two functions of one name may come from one file.
    yield snippet(`${line} ${origin ?? ''} ${name ?? ''}`.trim(), group, code, name, origin ?? null);
  }
}

function snippet(
  id: string,
  group: string,
  code: string,
  name: string | undefined,
  reference: string | null,
): Snippet {
  return {
    id,
    group,
    code,
    dialects: [C17],
    ...(name !== undefined && { target: name }),
    text: name === undefined ? null : { text: name, kind: 'name', author: null, reference, licence: null },
  };
}
