import { describe, expect, it } from 'vitest';
import { languageOf, type Language } from './language.ts';

/** Blocks of our own writing in the manner of posts, labelled by hand: what they are, the tags, the block. */
const BLOCKS: [Language, string[], string][] = [
  ['c', ['c'], '#include <stdio.h>\nint main(void) { puts("x"); return 0; }'],
  ['c', ['c', 'c++'], 'int main()\n{\n    return AF_INET;\n}'],
  ['c', ['c'], 'x = realloc(x, n * 2);'],
  ['c', ['c', 'arrays'], 'for (i = 0; i < n; i++)\n    if (a[i] > max) max = a[i];'],
  [
    'c',
    ['performance'],
    'uint32_t f(uint32_t x) {\n    struct pair p;\n    return memcmp(&p, &x, sizeof p);\n}',
  ],
  ['c', [], '#define MIN(a, b) ((a) < (b) ? (a) : (b))\n#ifdef DEBUG\nfprintf(stderr, "x");\n#endif'],
  ['c', ['c'], 'typedef struct node {\n    struct node *next;\n} node;'],
  ['c++', ['c++'], 'Widget w = Widget("a", 3);'],
  ['c++', ['c', 'c++'], 'std::vector<int> v;\nv.push_back(1);'],
  ['c++', [], '#include <iostream>\nint main() { std::cout << 1; }'],
  ['c++', ['c++', 'templates'], 'template <typename T>\nT max(T a, T b) { return a < b ? b : a; }'],
  ['c++', ['c++'], 'class Shape {\npublic:\n    virtual double area() const = 0;\n};'],
  ['c++', ['c'], 'extern "C" {\n#include "lib.h"\n}'],
  ['assembly', ['assembly', 'x86'], 'mov eax, 1\nint 0x80'],
  [
    'assembly',
    ['nasm'],
    'section .data\nmsg db "hello", 10\nsection .text\nglobal _start\n_start:\n    mov rax, 60\n    syscall',
  ],
  [
    'assembly',
    ['c', 'gcc'],
    'main:\n\tpushq\t%rbp\n\tmovq\t%rsp, %rbp\n\tmovl\t$0, %eax\n\tpopq\t%rbp\n\tret',
  ],
  ['other', ['c'], 'main.c:3: error: expected expression\nmain.c:4: note: here'],
  ['other', ['c', 'linux'], '$ gcc -o x x.c && ./x\nhello'],
  ['other', ['c'], 'Segmentation fault (core dumped)'],
  ['other', ['c++', 'python'], 'def f(x):\n    return x + 1'],
  ['other', ['c#'], 'public static int Main(string[] args)\n{\n    Console.WriteLine("x");\n}'],
  ['other', ['java'], 'List<Integer> list = new ArrayList<Integer>();\nlist.add(1);'],
  ['other', ['php'], '$this->db->query("SELECT 1");\n$x = Model::find($id);'],
  ['other', ['javascript'], 'var f = function (x) {\n    return x * 2;\n};'],
  ['other', ['sql'], 'SELECT a, b FROM t WHERE a > 1 ORDER BY b;'],
  ['other', ['html'], '<div class="x">\n  <p>text</p>\n</div>'],
  ['other', ['bash'], '#!/bin/sh\nfor f in *.c; do\n  gcc -c "$f"\ndone'],
  ['other', ['awk'], '#!/usr/bin/awk -f\n{ printf "%s", substr($0, 1, 2); while (i < n) { i++ } }'],
  ['other', ['objective-c'], 'unsigned char *p = malloc([data length]);\nsize_t n = [data length];'],
  ['other', ['c', 'go'], 'package main\n\nimport "C"\n\nfunc f() { C.puts() }'],
  ['other', ['css'], '.row td {\n  height: 19px;\n}'],
  ['other', ['english'], 'call the function and test it\nadd one to the other'],
];

describe('the language of a block', () => {
  it.each(BLOCKS)('is %s with the tags %s: %s', (language, tags, code) => {
    expect(languageOf({ code, hint: undefined }, tags)).toBe(language);
  });

  it('is what the author said', () => {
    const code = 'x = 1';
    expect(languageOf({ code, hint: 'c' }, ['python'])).toBe('c');
    expect(languageOf({ code, hint: 'cpp' }, [])).toBe('c++');
    expect(languageOf({ code: 'int main(void) { return 0; }', hint: 'none' }, ['c'])).toBe('other');
  });
});
