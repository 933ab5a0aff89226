/** Finds the LLVM IR of a program's functions among the modules that its build has kept. */

import { COMPILATION_MARK } from './keeping-driver.ts';
import { keptModules, readModule, type KeptModule } from './kept.ts';
import type { RowOrigin } from './program-rows.ts';
import type { UnmarkedRow } from './row.ts';
import { functionsOfIr } from './snippets/ir.ts';

/** Characters of the modules that are in memory at once: all of most packages; of others they are read again. */
const MOST_TEXT = 256 * 2 ** 20;

interface Module {
  /** The source, as the compiler was called with it. */
  source: string | undefined;
  functions: Map<string, string>;
}

export class IrIndex {
  private readonly kept = new Map<string, KeptModule[]>();
  private readonly modules = new Map<KeptModule, Module>();
  private held = 0;

  /** @param unit folder of a unit that was built with IR */
  constructor(unit: string) {
    for (const module of keptModules(unit)) {
      const others = this.kept.get(module.compilation) ?? [];
      this.kept.set(module.compilation, others);
      others.push(module);
    }
  }

  /** Null where the function's compilation is not known or gave no IR of it. */
  find(
    { symbol, linkage_name, name }: Pick<UnmarkedRow, 'symbol' | 'linkage_name' | 'name'>,
    origin: RowOrigin,
  ): string | null {
    const functions = this.moduleOf(origin)?.functions;
    if (!functions) return null;
    // A copy that the compiler made has a symbol of its own; but the first symbol at an address may be an alias.
    for (const key of [symbol, linkage_name, name]) {
      if (key === null) continue;
      // Behind \u0001 stands a symbol as the source itself names it.
      const found = functions.get(key) ?? functions.get(`\u0001${key}`);
      if (found !== undefined) return found;
    }
    return null;
  }

  private moduleOf({ producer, compilationUnit }: RowOrigin): Module | undefined {
    const compilation = compilationIn(producer);
    const kept = compilation === undefined ? undefined : this.kept.get(compilation);
    return kept
      ?.map((one) => ({ ...this.open(one), only: one.of === 1 }))
      .find(({ source, only }) => only || source === compilationUnit);
  }

  private open(kept: KeptModule): Module {
    const known = this.modules.get(kept);
    if (known) return known;
    if (this.held > MOST_TEXT) {
      this.modules.clear();
      this.held = 0;
    }
    const text = readModule(kept);
    this.held += text.length;
    const module = { source: sourceIn(text), functions: functionsOfIr(text) };
    this.modules.set(kept, module);
    return module;
  }
}

/** What our driver has put behind the compiler's version. */
function compilationIn(producer: string | null): string | undefined {
  return producer?.split(` ${COMPILATION_MARK}`)[1];
}

function sourceIn(module: string): string | undefined {
  return /^source_filename = "([^"\n]*)"$/m.exec(module)?.[1];
}
