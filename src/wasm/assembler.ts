/** A WebAssembly module in the making: one imported memory, functions, globals of 32 bits, exports. */

import { flatten, name, signed, sized, unsigned, vector, type Code } from './encoding.ts';
import { f32 } from './opcodes.ts';

const TYPES = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof TYPES;

/** Bytes of a page, the unit in which memory is measured. */
export const PAGE = 65536;

/** A place for a value: a local of a function or a global of the module. */
export interface Variable {
  readonly get: Code;
  set(value: Code): Code;
}

/** What a function is written with: its parameters, and locals as it asks for them. */
export class Body {
  readonly parameters: readonly Variable[];
  readonly types: ValueType[] = [];
  private readonly first: number;

  constructor(parameters: readonly ValueType[]) {
    this.first = parameters.length;
    this.parameters = parameters.map((_, index) => variable(index));
  }

  local(type: ValueType): Variable {
    this.types.push(type);
    return variable(this.first + this.types.length - 1);
  }

  locals(type: ValueType, count: number): Variable[] {
    return Array.from({ length: count }, () => this.local(type));
  }
}

function variable(index: number): Variable {
  return {
    get: [0x20, unsigned(index)],
    set: (value) => [value, 0x21, unsigned(index)],
  };
}

/** Calls a function that has been defined. */
export type Call = (...operands: Code[]) => Code;

interface MemoryLimits {
  readonly pages: number;
  /** Where it may have more than `pages`: how many at most. */
  readonly most?: number;
  /** Between threads. */
  readonly shared: boolean;
}

export class ModuleBuilder {
  private readonly memory: MemoryLimits;
  private readonly signatures: Code[] = [];
  private readonly bodies: Code[] = [];
  private readonly globals: Code[] = [];
  private readonly exports: Code[] = [];

  /** @param memory The module imports it as `env.memory`, of this size. */
  constructor(memory: MemoryLimits) {
    this.memory = memory;
  }

  /** Starts as zero; each instance, and so each thread, has its own. */
  global(type: 'i32' | 'f32'): Variable {
    const index = this.globals.length;
    this.globals.push([TYPES[type], 1, type === 'i32' ? [0x41, signed(0)] : f32.const(0), 0x0b]);
    return {
      get: [0x23, unsigned(index)],
      set: (value) => [value, 0x24, unsigned(index)],
    };
  }

  /** A function of at most one result, which is what its code leaves behind. */
  define(
    parameters: readonly ValueType[],
    result: ValueType | null,
    write: (body: Body, ...parameters: Variable[]) => Code,
  ): Call {
    const index = this.bodies.length;
    this.signatures.push([
      0x60,
      vector(parameters.map((type) => [TYPES[type]])),
      vector(result === null ? [] : [[TYPES[result]]]),
    ]);
    // Its place is taken before it is written: a function that it defines on the way gets the next.
    this.bodies.push([]);
    const body = new Body(parameters);
    const code = write(body, ...body.parameters);
    this.bodies[index] = sized([vector(body.types.map((type) => [1, TYPES[type]])), code, 0x0b]);
    return (...operands) => [operands, 0x10, unsigned(index)];
  }

  /** A function that JavaScript calls by its name. */
  export(
    text: string,
    parameters: readonly ValueType[],
    result: ValueType | null,
    write: (body: Body, ...parameters: Variable[]) => Code,
  ): void {
    this.exports.push([name(text), 0, unsigned(this.bodies.length)]);
    this.define(parameters, result, write);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const { pages, most = pages, shared } = this.memory;
    const limits = [shared ? 3 : 1, unsigned(pages), unsigned(most)];
    const section = (id: number, items: readonly Code[]): Code => [id, sized(vector(items))];
    return new Uint8Array(
      flatten([
        [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
        section(1, this.signatures),
        section(2, [[name('env'), name('memory'), 2, limits]]),
        section(
          3,
          this.bodies.map((_, index) => unsigned(index)),
        ),
        section(6, this.globals),
        section(7, this.exports),
        section(10, this.bodies),
      ]),
    );
  }
}
