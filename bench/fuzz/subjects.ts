/** What gets damaged: small files of every kind that the reader takes, so that a mutant takes a millisecond or two. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isArchive, readArchive } from '../../src/binary/archive.ts';
import { Budget } from '../../src/binary/budget.ts';
import { openBinary } from '../../src/binary/open.ts';
import { compile, tool } from '../../test/support/compile.ts';
import type { Focus } from '../../test/support/mutate.ts';

export interface Subject {
  name: string;
  bytes: Uint8Array;
  /** Headers and tables, where damage is worth more than elsewhere. */
  focuses: readonly Focus[];
}

const SOURCE = `
extern int puts(const char *); extern void exit(int);
struct pair { long key; char name[12]; struct pair *next; };
enum colour { RED, GREEN }; typedef int (*compare)(const struct pair *, const struct pair *);
static int order(const struct pair *a, const struct pair *b) { return a->key < b->key ? -1 : a->key > b->key; }
compare chosen = order;
__attribute__((noinline)) void fail(const char *why) { puts(why); exit(2); }
int pick(int n, enum colour c) {
  switch (n) { case 0: return 7; case 1: return c; case 2: return n * 3; case 3: puts("three"); return 1;
    case 4: fail("four is not allowed"); case 5: return 11; default: return -1; } }
int main(int argc, char **argv) {
  struct pair p = { argc, "first", 0 }, q = { 3, "second", &p };
  for (int i = 0; i < argc; i++) q.key += pick(i, GREEN) + chosen(&p, &q);
  return (int)q.key; }
`;
const CXX = `
namespace n { template <class T> struct box { T value; T get() const; }; }
template <class T> T n::box<T>::get() const { return value; }
int use(const n::box<int> &a, n::box<char *> *b) { return a.get() + (b->get() != nullptr); }
`;

/** e_shoff and e_shnum, e_shstrndx: without them a reader has only segments. */
function withoutSectionHeaders(bytes: Uint8Array): Uint8Array {
  const headless = new Uint8Array(bytes);
  headless.fill(0, 40, 48);
  headless.fill(0, 60, 64);
  return headless;
}

/** All subjects, built by the compilers of the machine. */
export function buildSubjects(): Subject[] {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-fuzz-'));
  const gcc = (...flags: string[]): string => compile(SOURCE, { compiler: 'gcc-12', flags });
  const clang = (...flags: string[]): string => compile(SOURCE, { compiler: 'clang-19', flags });
  const made = (program: string, ...options: string[]): Uint8Array => {
    tool(program, ...options.map((option) => (option === 'OUT' ? join(folder, 'out') : option)));
    const bytes = readFileSync(join(folder, 'out'));
    rmSync(join(folder, 'out'));
    return bytes;
  };
  try {
    const stripped = made('strip', '-o', 'OUT', gcc('-O2'));
    const files: [name: string, bytes: Uint8Array][] = [
      ['stripped program', stripped],
      ['stripped, without section headers', withoutSectionHeaders(stripped)],
      [
        'stripped, without unwind tables',
        made('strip', '-R', '.eh_frame', '-R', '.eh_frame_hdr', '-o', 'OUT', clang('-O1')),
      ],
      ['program that is not position-independent', made('strip', '-o', 'OUT', gcc('-O1', '-no-pie'))],
      ['object, DWARF 5', readFileSync(gcc('-O2', '-g', '-c'))],
      ['object, DWARF 4', readFileSync(clang('-O1', '-g', '-gdwarf-4', '-c'))],
      [
        'C++ object, type units',
        readFileSync(
          compile(CXX, {
            compiler: 'g++-12',
            suffix: '.cc',
            flags: ['-O0', '-g', '-c', '-fdebug-types-section'],
          }),
        ),
      ],
      ['object, zlib', readFileSync(gcc('-O0', '-g', '-c', '-gz=zlib'))],
      ['object, zstd', readFileSync(clang('-O2', '-g', '-c', '-gz=zstd'))],
      ['archive', made('ar', 'rcs', 'OUT', gcc('-O1', '-c'), clang('-O2', '-c'))],
    ];
    return files.map(([name, bytes]) => ({ name, bytes, focuses: focusesOf(bytes) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ARCHIVE_HEADER = 60;
const SHT_NOBITS = 8;
const SHF_EXECINSTR = 4;
const PT_LOAD = 1;

/** Headers, and every section and segment that is not just code. */
function focusesOf(bytes: Uint8Array): Focus[] {
  if (isArchive(bytes)) {
    return readArchive(bytes, new Budget()).flatMap((member) => [
      { offset: member.offset - ARCHIVE_HEADER, size: ARCHIVE_HEADER },
      ...focusesOf(member.bytes).map(({ offset, size }) => ({ offset: offset + member.offset, size })),
    ]);
  }
  const { sections, segments } = openBinary(bytes);
  const tables = sections.filter((s) => s.type !== SHT_NOBITS && !(s.flags & SHF_EXECINSTR));
  return [
    { offset: 0, size: 64 },
    { offset: 64, size: segments.length * 56 },
    { offset: bytes.length - sections.length * 64, size: sections.length * 64 },
    ...tables.map((s) => ({ offset: s.offset, size: s.size })),
    ...segments.filter((s) => s.type !== PT_LOAD).map((s) => ({ offset: s.offset, size: s.fileSize })),
  ].filter(({ size }) => size > 0);
}
