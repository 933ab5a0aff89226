import { describe, expect, it } from 'vitest';
import { COUNTED, TermNumbers } from './code-terms.ts';
import { TermIndex } from './term-baseline.ts';

const ASSEMBLY = String.raw`sub rsp, 0xfc0
lea rax, ["%d \"two\" words\n"]
call __isoc99_scanf
.1:
mov dword [rbp-0x4], -0x3
mov rdi, qword [stderr]
mulsd xmm0, qword [0.5]
call function`;

describe('what is counted in code', () => {
  it('is pairs of opcodes, strings with their words, names of imports and numbers that are no places', () => {
    expect(COUNTED['opcode pairs'](ASSEMBLY)).toEqual([
      'sub lea',
      'lea call',
      'call mov',
      'mov mov',
      'mov mulsd',
      'mulsd call',
    ]);
    const words = COUNTED['pairs and words'](ASSEMBLY).slice(6);
    const said = String.raw`"%d \"two\" words\n"`;
    expect(new Set(words)).toEqual(
      new Set([
        '#0xfc0',
        said,
        '%d',
        'two',
        'words',
        'n',
        '@__isoc99_scanf',
        '#-0x3',
        '@rbp',
        '@stderr',
        '#0.5',
        '@function',
      ]),
    );
  });

  it('is read of LLVM IR too', () => {
    const ir = '% = call i32 (ptr, ...) @printf(ptr %, i32 17)\nret i32 0';
    expect(COUNTED['opcode pairs'](ir)).toEqual(['call ret']);
    expect(COUNTED['pairs and words'](ir)).toEqual(expect.arrayContaining(['@printf', '#17', '#0']));
  });

  it('draws together what says the same by other instructions', () => {
    const numbers = new TermNumbers();
    const texts = [
      'mov eax, 0x1\ncall puts\nret',
      'lea rdi, ["yes"]\ncall puts\nadd rsp, 0x8\nret',
      'push rbp\nlea rax, ["yes"]\nmov rdi, rax\ncall puts\nleave\nret',
    ].map((text) => numbers.of(COUNTED['pairs and words'](text)));
    const index = new TermIndex(texts, [texts[0], texts[1]]);
    expect(index.nearest(texts[2])).toBe(1);
  });
});
