import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOf } from './markdown.ts';

const PAGE = `---
title: "Loops"
slug: "loops"
---

What loops are.

    for (;;)
        wait();

## While
First prose
over two lines.

 * an item
    that goes on, indented

Second paragraph.

<!-- language: lang-c -->

    int i = 0;

    while (i < 3)
    \ti++;


It prints nothing.
    This goes on with the paragraph.

\`\`\`cpp
std::cout << 1;
    indented();
\`\`\`

### Without prose

\tputs("tab");
`;

describe('a page', () => {
  it('gives each code block with its heading and the prose before it', () => {
    expect(blocksOf(PAGE)).toEqual([
      { heading: 'Loops', prose: 'What loops are.', code: 'for (;;)\n    wait();\n', hint: undefined },
      {
        heading: 'While',
        prose: 'First prose over two lines.\n\n* an item that goes on, indented\n\nSecond paragraph.',
        code: 'int i = 0;\n\nwhile (i < 3)\n\ti++;\n',
        hint: 'c',
      },
      {
        heading: 'While',
        prose: 'It prints nothing. This goes on with the paragraph.',
        code: 'std::cout << 1;\n    indented();\n',
        hint: 'cpp',
      },
      { heading: 'Without prose', prose: '', code: 'puts("tab");\n', hint: undefined },
    ]);
  });

  it('of any text ends, and has no code that is not in it', () => {
    const piece = fc.constantFrom(
      '    ',
      '\t',
      '```',
      '~~~',
      '\n',
      '\n\n',
      '# ',
      '---\n',
      'text',
      '<!-- language: c -->',
      '>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const page = pieces.join('');
        for (const { code } of blocksOf(page)) {
          for (const line of code.split('\n')) expect(page).toContain(line);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
