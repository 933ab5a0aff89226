/** Code blocks of the kinds that posts have, with names and numbers drawn anew. */

import type { Random } from '../../src/random.ts';

export type Dialect = 'c' | 'c++' | 'assembly' | 'other';

type Pattern = (name: string, number: number) => string;

const PATTERNS: Record<Dialect, readonly Pattern[]> = {
  c: [
    (f, n) =>
      `int ${f}(const int *a, int n)\n{\n    int sum = ${n};\n    for (int i = 0; i < n; i++)\n        sum += a[i];\n    return sum;\n}`,
    (f, n) =>
      `static char *${f}(const char *s)\n{\n    char *p = malloc(strlen(s) + ${n});\n    if (p != NULL)\n        strcpy(p, s);\n    return p;\n}`,
    (f, n) => `int ${f}[${n + 1}];\nfor (int i = 0; i < ${n}; i++)\n    printf("%d\\n", ${f}[i] << 1);`,
    (f, n) => `struct ${f} {\n    struct ${f} *next;\n    unsigned char data[${n + 1}];\n};`,
    (f, n) => `while (${f}->next && ${f}->value != ${n}) {\n    ...\n    ${f} = ${f}->next;\n}`,
    (f, n) =>
      `#include <stdio.h>\n\nint main(void)\n{\n    int ${f} = ${n};\n    printf("%d & %d\\n", ${f}, ${f} * 2);\n    return 0;\n}`,
  ],
  'c++': [
    (f, n) =>
      `template <typename T>\nT ${f}(const std::vector<T>& v)\n{\n    T best = v.at(${n});\n    for (const auto& x : v)\n        if (x > best) best = x;\n    return best;\n}`,
    (f, n) =>
      `std::map<std::string, int> ${f};\n${f}["a"] = ${n};\nfor (auto& p : ${f})\n    std::cout << p.first << "\\n";`,
    (f, n) =>
      `class ${f} {\npublic:\n    explicit ${f}(int n = ${n}) : n_(n) {}\n    virtual int get() const { return n_; }\nprivate:\n    int n_;\n};`,
    (f, n) => `Unknown ${f}(${n});\n${f}.run();`,
  ],
  assembly: [
    (f, n) => `${f}:\n    mov eax, ${n}\n    add eax, edi\n    ret`,
    (f, n) => `\t.globl ${f}\n${f}:\n\tmovl\t$${n}, %eax\n\tret`,
  ],
  other: [
    (f, n) => `def ${f}(x):\n    return x + ${n}`,
    (f, n) => `public int ${f}(string s)\n{\n    return s.Length > ${n} ? 1 : 0;\n}`,
    (f, n) => `SELECT ${f} FROM t WHERE n > ${n};`,
    (f, n) => `$ ./${f} --level ${n}\ndone`,
  ],
};

/** About so many characters: patterns one after another, at least one. */
export function codeBlock(random: Random, length: number, dialect: Dialect): string {
  const patterns = PATTERNS[dialect];
  const parts: string[] = [];
  let size = 0;
  do {
    const name = `${'abcdefghklmnpqrstvw'[random.below(19)]}${random.below(100_000)}`;
    const text = patterns[random.below(patterns.length)](name, random.below(1000));
    parts.push(text);
    size += text.length + 2;
  } while (size < length);
  return parts.join('\n\n');
}
