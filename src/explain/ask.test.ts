import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from '../../test/support/compile.ts';
import { openMeaning } from '../node.ts';
import { ask } from './ask.ts';
import { askSchema } from './ask-schema.ts';

/** What a byte alone comes to. */
function tableOf(polynomial: number): string {
  const words = Array.from({ length: 256 }, (_, byte) => {
    let sum = byte;
    for (let i = 0; i < 8; i++) sum = (sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1) >>> 0;
    return `0x${sum.toString(16)}`;
  });
  return words.join(', ');
}

const SOURCE = `
#include <stdio.h>
#include <string.h>
static const unsigned table[256] = { ${tableOf(0xedb88320)} };
__attribute__((noinline)) unsigned first(const unsigned char *data, int length) {
  unsigned sum = ~0u;
  for (int i = 0; i < length; i++) sum = table[(sum ^ data[i]) & 255] ^ sum >> 8;
  return ~sum;
}
__attribute__((noinline)) int second(const char *text, int times) {
  int sum = 0;
  for (int i = 0; i < times; i++) sum = sum * 31 + text[i % 7];
  return sum;
}
__attribute__((noinline)) int third(char *text, const char *other) {
  while (*other) *text++ = *other++ ^ 1;
  return printf("%s\\n", text);
}
int main(int argc, char **argv) { return first((void *)argv[0], argc) + second(argv[0], argc) + third(argv[0], argv[1]); }
`;

test('whoever asks for an algorithm finds the function that has its table', async () => {
  const program = compile(SOURCE, { compiler: 'gcc-12', flags: ['-O1'] });
  const { address } = /(?<address>[0-9a-f]+) T first$/m.exec(
    execFileSync('nm', [program], { encoding: 'utf8' }),
  )!.groups as { address: string };
  const stripped = join(mkdtempSync(join(tmpdir(), 'binscribe-ask-')), 'stripped');
  execFileSync('strip', ['-o', stripped, program]);
  const model = (await openMeaning())!;
  try {
    const asked = await ask(readFileSync(stripped), 'computes a CRC-32 checksum', model, { path: 'fixture' });
    expect(askSchema.parse(asked)).toEqual(asked);
    expect(asked.nearest).toMatchObject({
      address: `0x${Number.parseInt(address, 16).toString(16)}`,
      words: ['computes', 'crc', 'checksum'],
      text: 'computes CRC-32 checksums',
    });
  } finally {
    await model.close();
  }
});
