/** Compiles sources in the sandbox: a batch is one run, in which each source has its own time and memory. */

import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinscribeError } from '../../error.ts';
import type { Sandbox, SandboxLimits } from '../sandbox.ts';
import { flagsFor, type Compiler, type Level } from '../toolchain.ts';
import { clearAbandoned } from '../workplace.ts';
import type { SourceLanguage } from './candidates.ts';
import type { CompileOutcome, FragmentCompiler } from './compile.ts';
import { complaintFlags, dialectFlags, isClang, type Dialect } from './dialect.ts';
import { beginsWithStreams, ENOUGH_SOURCES, makeHeader, STREAM_HEADER, useHeader } from './stream-header.ts';

/** Seconds of processor time for one source: with all of C++'s headers it takes two on a slow machine. */
const SECONDS = 5;

/** Seconds by the clock, for what waits: a busy machine must not come to it first. */
const WALL_SECONDS = 120;

/** Bytes of memory of one compiler, and of the largest file: `int a[1 << 30] = {1};` would write 4 GB. */
const LIMITS: Partial<SandboxLimits> = { memory: 2 ** 30, fileSize: 4 * 2 ** 20 };

/** Of what the compiler says, the first lines, and else the last: headers that include themselves come first. */
const COMPLAINT_BYTES = 1000;

/** Sources of one run: their objects are on the disk at the same time. */
const BATCH = 100;

/** The same for a compiled header, which is 40 MB. */
const HEADER_LIMITS: Partial<SandboxLimits> = { ...LIMITS, fileSize: 2 ** 28, cpuSeconds: 60 };
const HEADERS = 'headers';

const FOLDER_PREFIX = 'binscribe-snippets-';

const SUFFIXES: Readonly<Record<SourceLanguage, string>> = { c: 'c', 'c++': 'cpp', assembly: 's' };

export interface Source {
  dialect: Dialect;
  source: string;
}

/** Flags that say what is made. */
interface Modes {
  object: readonly string[];
  ir?: readonly string[];
}

export interface ObjectSettings {
  level: Level;
  /** LLVM IR too, of clang. */
  ir: boolean;
}

/** What became of one source; it is there while `take` runs. */
export interface Compiled {
  complaint: string;
  /** Undefined where it does not compile. */
  object: Uint8Array | undefined;
  /** Undefined where none was asked for, or there is none. */
  ir: string | undefined;
}

/** Call `close` when it is not needed any more: it has a folder. */
export class SandboxCompiler implements FragmentCompiler<Source> {
  private readonly folder: string;
  private readonly sandbox: Sandbox;
  private readonly compiler: Compiler;
  private readonly signal: AbortSignal | undefined;
  /** Paths of headers that were compiled, by the flags that they are for. */
  private readonly headers = new Map<string, string>();

  constructor(sandbox: Sandbox, compiler: Compiler, signal?: AbortSignal) {
    this.sandbox = sandbox;
    this.compiler = compiler;
    this.signal = signal;
    this.folder = mkdtempSync(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
    chmodSync(this.folder, 0o755);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Whether the compiler takes them, without code of them. */
  async check(sources: readonly Source[]): Promise<CompileOutcome[]> {
    const outcomes: CompileOutcome[] = [];
    await this.inBatches(sources, { object: ['-fsyntax-only'] }, (_, path) => {
      outcomes.push(
        isWhole(`${path}.o`) ? { ok: true, complaint: '' } : { ok: false, complaint: complaintOf(path) },
      );
    });
    return outcomes;
  }

  /** Objects of them, handed to `take` in order. */
  async compile(
    sources: readonly Source[],
    { level, ir }: ObjectSettings,
    take: (index: number, compiled: Compiled) => void,
  ): Promise<void> {
    const modes: Modes = {
      // A pipe, since compilers that are killed leave files behind.
      object: [...flagsFor(level), '-pipe', '-c'],
      ...(ir && { ir: [`-${level}`, '-S', '-emit-llvm'] }),
    };
    await this.inBatches(sources, modes, (index, path) => {
      const object = readWhole(`${path}.o`);
      take(index, {
        object,
        complaint: object ? '' : complaintOf(path),
        ir: readWhole(`${path}.ll`)?.toString('utf8'),
      });
    });
  }

  /** What a row of the data set says of the flags. */
  flags(dialect: Dialect, level: Level): string[] {
    return [...dialectFlags(dialect, this.compiler), ...flagsFor(level)];
  }

  private async inBatches(
    sources: readonly Source[],
    modes: Modes,
    take: (index: number, path: string) => void,
  ): Promise<void> {
    for (let start = 0; start < sources.length; start += BATCH) {
      const batch = sources.slice(start, start + BATCH);
      await this.run(batch, modes, (i, path) => take(start + i, path));
    }
  }

  private async run(
    batch: readonly Source[],
    modes: Modes,
    take: (index: number, path: string) => void,
  ): Promise<void> {
    await this.makeHeaders(batch, modes);
    const sources = join(this.folder, 'sources');
    const objects = join(this.folder, 'objects');
    mkdirSync(sources);
    mkdirSync(objects);
    if (this.sandbox.owner !== undefined) chownSync(objects, this.sandbox.owner, this.sandbox.owner);
    try {
      const steps = batch.map(({ dialect, source }, i) => {
        const file = sourceName(i, dialect);
        writeFileSync(join(sources, file), source);
        return this.step({ dialect, source }, file, i, modes);
      });
      const { ok, reason, output } = await this.sandbox.run({
        script: [STEP, ...steps].join('\n'),
        directory: this.folder,
        writable: 'objects',
        limits: {
          ...LIMITS,
          cpuSeconds: SECONDS,
          milliseconds: 2 * (batch.length + 1) * WALL_SECONDS * 1000,
        },
        ...(this.signal && { signal: this.signal }),
      });
      // No source can bring this about: each step ends well. A result now would be kept for ever.
      if (!ok)
        throw new BinscribeError('internal', `the sandbox of a batch failed: ${reason}: ${output.trim()}`);
      for (const i of batch.keys()) take(i, join(objects, String(i)));
    } finally {
      rmSync(sources, { recursive: true, force: true });
      rmSync(objects, { recursive: true, force: true });
    }
  }

  private step(source: Source, file: string, index: number, modes: Modes): string {
    const { dialect } = source;
    const root = this.sandbox.root(this.folder);
    const call = (product: string, mode: readonly string[]): string => {
      const flags = this.flagsOf(dialect, mode);
      const header = wantsHeader(source) ? this.headers.get(flags.join(' ')) : undefined;
      const all = [...flags, ...(header === undefined ? [] : useHeader(header))];
      return `step ${index} ${product} ${[this.program(dialect), ...all].join(' ')} ${root}/sources/${file}`;
    };
    const object = call('o', modes.object);
    return modes.ir ? `${object}\n[ ! -e ${index}.o.whole ] || ${call('ll', modes.ir)}` : object;
  }

  private program({ language }: Dialect): string {
    return language === 'c++' ? this.compiler.cxx : this.compiler.c;
  }

  private flagsOf(dialect: Dialect, mode: readonly string[]): string[] {
    return [
      ...dialectFlags(dialect, this.compiler),
      ...complaintFlags(dialect, this.compiler),
      // Unprotected compilers see the host's path; debug information must not.
      ...(this.sandbox.isolated ? [] : [`-ffile-prefix-map=${this.sandbox.root(this.folder)}=/build`]),
      ...mode,
    ];
  }

  /** Compiles the headers that this batch is worth, once each: later runs see them, and cannot write there. */
  private async makeHeaders(batch: readonly Source[], { object, ir }: Modes): Promise<void> {
    const wanting = batch.filter(wantsHeader);
    if (wanting.length < ENOUGH_SOURCES) return;
    const dialects = new Map(wanting.map(({ dialect }) => [dialect.standard, dialect]));
    for (const dialect of dialects.values()) {
      for (const mode of ir ? [object, ir] : [object]) {
        const flags = this.flagsOf(dialect, mode);
        const key = flags.join(' ');
        if (this.headers.has(key)) continue;
        const file = `${HEADERS}/${this.headers.size}.h`;
        this.headers.set(key, `${this.sandbox.root(this.folder)}/${file}`);
        await this.makeHeader(file, [
          this.program(dialect),
          ...makeHeader(flags, file, isClang(this.compiler)),
        ]);
      }
    }
  }

  private async makeHeader(file: string, command: readonly string[]): Promise<void> {
    const folder = join(this.folder, HEADERS);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(this.folder, file), STREAM_HEADER);
    if (this.sandbox.owner !== undefined) chownSync(folder, this.sandbox.owner, this.sandbox.owner);
    // Where it fails sources are compiled with the header's text.
    await this.sandbox.run({
      script: `cd ..\n${command.join(' ')} || :`,
      directory: this.folder,
      writable: HEADERS,
      limits: { ...HEADER_LIMITS, milliseconds: WALL_SECONDS * 1000 },
      ...(this.signal && { signal: this.signal }),
    });
  }
}

function wantsHeader({ dialect, source }: Source): boolean {
  return dialect.language === 'c++' && beginsWithStreams(source);
}

/**
 * `step NUMBER SUFFIX COMMAND…` never fails. A product counts where a mark says that it is whole: the compiler may have
 * been killed at it. Nothing but the compiler is started, which is most of a small source's time.
 */
const STEP = [
  'step() {',
  'product="$1.$2"; log="$1.log"; shift 2; : >"$product"',
  `if timeout -s KILL ${WALL_SECONDS} "$@" -o "$product" </dev/null >"$log" 2>&1; then : >"$product.whole"`,
  'else echo "exit status $?" >>"$log" || :; fi',
  '}',
].join('\n');

/** Path of a source as its debug information has it. */
export function sourcePathInDebugInfo(index: number, dialect: Dialect): string {
  return `/build/sources/${sourceName(index % BATCH, dialect)}`;
}

function sourceName(index: number, { language }: Dialect): string {
  return `${index}.${SUFFIXES[language]}`;
}

/** Takes away the folders of runs that were killed. */
export function clearAbandonedCompilers(): void {
  clearAbandoned(tmpdir(), FOLDER_PREFIX);
}

/** A file itself: what ran in the sandbox might have left a link. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isWhole(path: string): boolean {
  return isFile(`${path}.whole`);
}

function openFile(path: string): number | undefined {
  return isFile(path) ? openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW) : undefined;
}

/** The sandbox bounds its size. */
function readWhole(path: string): Buffer | undefined {
  const file = isWhole(path) ? openFile(path) : undefined;
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** The first complaint in a log of a compiler, `<path>.log`. */
export function complaintOf(path: string): string {
  const file = openFile(`${path}.log`);
  if (file === undefined) return NO_REASON;
  try {
    const size = fstatSync(file).size;
    const [head, tail] = [0, Math.max(0, size - COMPLAINT_BYTES)].map((from) => linesAt(file, from));
    return (
      head.find(isComplaint) ?? tail.find(isComplaint) ?? tail.findLast((line) => line !== '') ?? NO_REASON
    );
  } finally {
    closeSync(file);
  }
}

/** gcc at the end of its memory does not call that an error. */
function isComplaint(line: string): boolean {
  return /\b[Ee]rror\b|out of memory|memory exhausted/.test(line);
}

function linesAt(file: number, from: number): string[] {
  const buffer = Buffer.alloc(COMPLAINT_BYTES);
  return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from)).split('\n');
}

const NO_REASON = 'the compiler gave no reason';
