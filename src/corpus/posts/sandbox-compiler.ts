/** Compiles candidates in the sandbox: a batch is one run, in which each has its own time and memory. */

import {
  chmodSync,
  chownSync,
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox, SandboxLimits } from '../sandbox.ts';
import type { Compiler } from '../toolchain.ts';
import type { Candidate, SourceLanguage } from './candidates.ts';
import type { CompileOutcome, FragmentCompiler } from './compile.ts';

/** Seconds for one candidate: a fragment with all of C++'s headers takes two on a slow machine. */
const SECONDS = 10;

/** Bytes of memory of one compiler, and of the largest file: `int a[1 << 30] = {1};` would write 4 GB. */
const LIMITS: Partial<SandboxLimits> = { memory: 2 ** 30, fileSize: 4 * 2 ** 20 };

/** Of what the compiler says, the first lines. */
const COMPLAINT_BYTES = 1000;

/** Candidates of one run, so that one that ends the sandbox costs no more than these. */
const BATCH = 100;

const SUFFIXES: Readonly<Record<SourceLanguage, string>> = { c: 'c', 'c++': 'cpp', assembly: 's' };

/**
 * Dialects that take most of what posts have: GNU's of 2017, and in C++ what older compilers let pass. Warnings are
 * not our matter.
 */
const FLAGS: Readonly<Record<SourceLanguage, string>> = {
  c: '-std=gnu17 -w -fmax-errors=1 -fno-diagnostics-show-caret',
  'c++': '-std=gnu++17 -fpermissive -w -fmax-errors=1 -fno-diagnostics-show-caret',
  assembly: '',
};

/** Call `close` when it is not needed any more: it has a folder. */
export class SandboxCompiler implements FragmentCompiler {
  private readonly folder: string;
  private readonly sandbox: Sandbox;
  private readonly compiler: Compiler;
  private readonly signal: AbortSignal | undefined;

  constructor(sandbox: Sandbox, compiler: Compiler, signal?: AbortSignal) {
    this.sandbox = sandbox;
    this.compiler = compiler;
    this.signal = signal;
    this.folder = mkdtempSync(join(tmpdir(), 'binscribe-posts-'));
    chmodSync(this.folder, 0o755);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async compile(candidates: readonly Candidate[]): Promise<CompileOutcome[]> {
    const outcomes: CompileOutcome[] = [];
    for (let i = 0; i < candidates.length; i += BATCH) {
      outcomes.push(...(await this.compileBatch(candidates.slice(i, i + BATCH))));
    }
    return outcomes;
  }

  private async compileBatch(candidates: readonly Candidate[]): Promise<CompileOutcome[]> {
    const sources = join(this.folder, 'sources');
    const objects = join(this.folder, 'objects');
    mkdirSync(sources);
    mkdirSync(objects);
    if (this.sandbox.owner !== undefined) chownSync(objects, this.sandbox.owner, this.sandbox.owner);
    try {
      const steps = candidates.map((candidate, i) => {
        const file = `${i}.${SUFFIXES[candidate.language]}`;
        writeFileSync(join(sources, file), candidate.source);
        return this.step(candidate.language, file, i);
      });
      await this.sandbox.run({
        script: steps.join('\n'),
        directory: this.folder,
        writable: 'objects',
        limits: { ...LIMITS, cpuSeconds: SECONDS, milliseconds: (candidates.length + 1) * SECONDS * 1000 },
        ...(this.signal && { signal: this.signal }),
      });
      return candidates.map((_, i) => readOutcome(join(objects, String(i))));
    } finally {
      rmSync(sources, { recursive: true, force: true });
      rmSync(objects, { recursive: true, force: true });
    }
  }

  /** The object is renamed when it is whole: one that the compiler was killed at does not count. */
  private step(language: SourceLanguage, file: string, index: number): string {
    const program = language === 'c++' ? this.compiler.cxx : this.compiler.c;
    const source = `${this.sandbox.root(this.folder)}/sources/${file}`;
    const command = `timeout -s KILL ${SECONDS} ${program} ${FLAGS[language]} -c -o ${index}.part ${source}`;
    return `if ${command} </dev/null >${index}.log 2>&1; then mv ${index}.part ${index}.o; else rm -f ${index}.part; fi`;
  }
}

function readOutcome(path: string): CompileOutcome {
  if (isFile(`${path}.o`)) return { ok: true, complaint: '' };
  const complaint = isFile(`${path}.log`) ? readComplaint(`${path}.log`) : undefined;
  return { ok: false, complaint: complaint ?? 'the compiler gave no reason' };
}

/** A file itself: what ran in the sandbox might have left a link. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function readComplaint(path: string): string | undefined {
  const buffer = Buffer.alloc(COMPLAINT_BYTES);
  const file = openSync(path, 'r');
  try {
    const text = buffer.toString('utf8', 0, readSync(file, buffer));
    return text.split('\n').find((line) => /\b[Ee]rror\b/.test(line));
  } finally {
    closeSync(file);
  }
}
