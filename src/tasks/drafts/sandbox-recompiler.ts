/** Drafts compiled on this machine, in the sandbox: a draft is text of strangers, even where our own network wrote it. */

import { Budget, type Limits } from '../../binary/budget.ts';
import { openBinary } from '../../binary/open.ts';
import { disassembleRange } from '../../binary/x86/disassemble.ts';
import { functionsOf } from '../../corpus/c/functions.ts';
import { compileFragments, type CompileOutcome } from '../../corpus/fragments/compile.ts';
import { C17 } from '../../corpus/fragments/dialect.ts';
import {
  clearAbandonedCompilers,
  SandboxCompiler,
  type Source,
} from '../../corpus/fragments/sandbox-compiler.ts';
import { debugEntries } from '../../corpus/program-rows.ts';
import { type RuntimeNames, runtimeNames } from '../../corpus/runtime-names.ts';
import type { Sandbox } from '../../corpus/sandbox.ts';
import { attemptsOf } from '../../corpus/snippets/settle.ts';
import { LEVELS, type Compiler, type Level } from '../../corpus/toolchain.ts';
import { BinscribeError } from '../../error.ts';
import { visibleNames } from '../../tokens/visible-names.ts';
import {
  sourceOf,
  type Build,
  type Draft,
  type Recompilation,
  type Recompiled,
  type Recompiler,
} from '../../models/drafts/recompiler.ts';
import { compilerFamily } from '../labelled.ts';

/** Of one object, which may be hostile: a draft's function is a page of code. */
const OBJECT_LIMITS: Partial<Limits> = { bytes: 2 ** 26, entries: 500_000, instructions: 200_000 };

/** Call `close` when it is not needed any more: its compilers have folders. */
export class SandboxRecompiler implements Recompiler {
  private readonly sandbox: Sandbox;
  private readonly compilers: readonly Compiler[];
  private readonly signal: AbortSignal | undefined;
  private readonly opened = new Map<Compiler, SandboxCompiler>();

  /** @param compilers those of this machine; of a family the first is taken */
  constructor(sandbox: Sandbox, compilers: readonly Compiler[], signal?: AbortSignal) {
    clearAbandonedCompilers();
    this.sandbox = sandbox;
    this.compilers = compilers;
    this.signal = signal;
  }

  close(): void {
    for (const compiler of this.opened.values()) compiler.close();
    this.opened.clear();
  }

  async recompile(drafts: readonly Draft[], build: Build): Promise<Recompilation> {
    const compiler = this.compilerFor(build.compiler);
    const level = levelOf(build.level);
    const opened = this.open(compiler);
    const runtime = runtimeNames(compiler);
    const attempts = drafts.map((draft) => attemptsOf({ code: sourceOf(draft), dialects: [C17] }));
    const objects = new Map<Source, Uint8Array>();
    // Objects are made at once: most drafts compile as they are, and a check first would be half of the time.
    const settled = await compileFragments(attempts, {
      check: async (sources: readonly Source[]) => {
        const outcomes: CompileOutcome[] = [];
        await opened.compile(sources, { level, ir: false }, (index, { object, complaint }) => {
          if (object) objects.set(sources[index], object);
          outcomes.push({ ok: object !== undefined, complaint });
        });
        return outcomes;
      },
    });
    const results = settled.map(({ candidate, complaint }, i): Recompiled => {
      const object = candidate === undefined ? undefined : objects.get(attempts[i][candidate]);
      return object ? lastFunction(object, drafts[i].text, runtime) : { body: undefined, complaint };
    });
    return { build: { compiler: compiler.name, level }, results };
  }

  private open(compiler: Compiler): SandboxCompiler {
    let opened = this.opened.get(compiler);
    if (opened === undefined) {
      opened = new SandboxCompiler(this.sandbox, compiler, this.signal);
      this.opened.set(compiler, opened);
    }
    return opened;
  }

  private compilerFor(label: string): Compiler {
    const found =
      this.compilers.find(({ name }) => name === label) ??
      this.compilers.find(({ name }) => compilerFamily(name) === label);
    if (found) return found;
    const known = this.compilers.map(({ name }) => name).join(', ') || 'none';
    throw new BinscribeError('missing', `no compiler ${label} to compile drafts with: there are ${known}`, {
      hint: /-\d+$/.test(label) ? `apt install ${label}` : 'apt install gcc-12 clang-19',
    });
  }
}

function levelOf(name: string): Level {
  const level = LEVELS.find((known) => known === name);
  if (level !== undefined) return level;
  throw new BinscribeError('usage', `no optimisation level "${name}": expected one of ${LEVELS.join(', ')}`);
}

/** The function that a draft defines last: those before it are its helpers. */
function lastFunction(object: Uint8Array, text: string, runtime: RuntimeNames): Recompiled {
  const name = functionsOf(text).at(-1)?.name;
  if (name === undefined) return { body: undefined, complaint: 'it defines no function' };
  const budget = new Budget(OBJECT_LIMITS);
  const found = budget.attempt(
    'draft',
    () => {
      const binary = openBinary(object, { budget });
      const entry = debugEntries(binary).find((one) => one.name === name);
      const body = entry && disassembleRange(entry.code, entry.start, { memory: binary.memory, budget });
      const names = visibleNames(binary, (name) => runtime.has(name));
      return body && { body, names, memory: binary.memory };
    },
    undefined,
  );
  if (found) return { ...found, complaint: '' };
  return { body: undefined, complaint: budget.cuts.at(0)?.reason ?? `its function ${name} has no code` };
}
