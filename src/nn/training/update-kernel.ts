/**
 * The second half of a step: the optimiser's rule, made into one loop of WebAssembly over the buffers. As a graph
 * of ONNX Runtime the rule is a dozen passes over them, with a second set of buffers to write to.
 */

import { BinscribeError } from '../../error.ts';
import { constantOperation, input, inputOperation } from '../ops/source.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { topological, type Node, type Tensor } from '../tensor.ts';
import { ModuleBuilder, PAGE, type Variable } from '../../wasm/assembler.ts';
import type { Code } from '../../wasm/encoding.ts';
import { f32, f32x4, i32, v128, whileLoop } from '../../wasm/opcodes.ts';
import { defineAddRows, type RowExports } from './rows-kernel.ts';

/** Bytes of a number, and of the four that an instruction works on. */
const FLOAT = 4;
const QUAD = 16;

/** Where things lie in the kernel's memory, in bytes. */
export interface UpdateLayout {
  readonly parameters: number;
  /** Of one batch, and summed over several: the second costs nothing until it is written. */
  readonly gradients: number;
  readonly accumulated: number;
  /** By the optimiser's names. */
  readonly state: Readonly<Record<string, number>>;
  /** The optimiser's numbers for a group, in the order of their names. */
  readonly scalars: number;
  readonly scalarNames: readonly string[];
  /** Rows to add to a table, and their numbers. */
  readonly rows: { readonly values: number; readonly places: number };
  readonly pages: number;
}

/** WebAssembly addresses 4 GiB. */
const MOST_PAGES = 65536;

/**
 * @param length of the parameters, and of those that are trained; multiples of four
 * @param piece numbers of rows, see `ROW_PIECE`
 * @throws BinscribeError `usage` where they do not fit
 */
export function updateLayout(
  optimizer: Optimizer,
  length: number,
  trained: number,
  piece: number,
): UpdateLayout {
  const numbers = { step: 1, learningRate: 1, weightDecay: 1, gradientScale: 1 };
  const scalarNames = Object.keys(optimizer.scalars(numbers));
  let next = 0;
  const take = (count: number): number => {
    const start = next;
    next += Math.ceil((count * FLOAT) / QUAD) * QUAD;
    return start;
  };
  const scalars = take(scalarNames.length);
  const rows = { values: take(piece), places: take(piece) };
  const parameters = take(length);
  const gradients = take(trained);
  const accumulated = take(trained);
  const state = Object.fromEntries(optimizer.state.map((name) => [name, take(trained)]));
  const pages = Math.ceil(next / PAGE);
  if (pages > MOST_PAGES) {
    throw new BinscribeError(
      'usage',
      `${length.toLocaleString('en-US')} parameters need ${pages} pages of memory while they are trained, of at most ${MOST_PAGES}`,
      { hint: 'Freeze a part of the model, or take an optimiser that keeps less: sgd.' },
    );
  }
  return { parameters, gradients, accumulated, state, scalars, scalarNames, rows, pages };
}

/** Calls of the kernel. */
export interface UpdateExports extends RowExports {
  /**
   * Updates elements whose bytes begin at `start`, up to `end`, from the beginning of a buffer. Both are multiples
   * of 16.
   * @param gradients address of the buffer of gradients
   */
  readonly update: (start: number, end: number, gradients: number) => void;
}

const RULES: Readonly<Record<string, (...operands: Code[]) => Code>> = {
  add: f32x4.add,
  sub: f32x4.sub,
  mul: f32x4.mul,
  div: f32x4.div,
  sqrt: f32x4.sqrt,
};

const GRADIENT = 'gradient';
const PARAMETER = 'parameter';

/** A module with the memory `env.memory` and what `UpdateExports` says. */
export function updateModule(optimizer: Optimizer, layout: UpdateLayout): Uint8Array<ArrayBuffer> {
  const { state, scalarNames, scalars } = layout;
  const vector = (name: string): Tensor => input(name, [QUAD / FLOAT]);
  const result = optimizer.update({
    parameter: vector(PARAMETER),
    gradient: vector(GRADIENT),
    state: Object.fromEntries(optimizer.state.map((name) => [name, vector(name)])),
    scalars: Object.fromEntries(scalarNames.map((name) => [name, input(name, [])])),
  });
  const written = [
    [result.parameter, layout.parameters] as const,
    ...optimizer.state.map((name) => [result.state[name], state[name]] as const),
  ];
  const module = new ModuleBuilder({ pages: layout.pages, shared: false });
  module.export('update', ['i32', 'i32', 'i32'], null, (body, at, end, gradients) => {
    const fixed: Code[] = [];
    const repeated: Code[] = [];
    const values = new Map<Tensor, Variable>();
    const addressOf = (name: string): Code => (name === GRADIENT ? i32.add(at.get, gradients.get) : at.get);
    const offsetOf = (name: string): number =>
      name === GRADIENT ? 0 : name === PARAMETER ? layout.parameters : state[name];
    for (const node of topological(written.map(([tensor]) => tensor))) {
      const local = body.local('v128');
      values.set(node.outputs[0], local);
      const { name } = node.attributes as { name: string };
      if (node.operation === constantOperation) fixed.push(local.set(splat(numberOf(node))));
      else if (node.operation !== inputOperation) repeated.push(local.set(compute(node, values)));
      else if (scalarNames.includes(name)) {
        const address = scalars + scalarNames.indexOf(name) * FLOAT;
        fixed.push(local.set(f32x4.splat(f32.load(i32.const(address)))));
      } else repeated.push(local.set(v128.load(addressOf(name), offsetOf(name))));
    }
    const stores = written.map(([tensor, offset]) => v128.store(at.get, values.get(tensor)!.get, offset));
    return [
      fixed,
      whileLoop(i32.ltU(at.get, end.get), [repeated, stores, at.set(i32.add(at.get, i32.const(QUAD)))]),
    ];
  });
  defineAddRows(module);
  return module.bytes();
}

function splat(value: number): Code {
  return f32x4.splat(f32.const(value));
}

function numberOf({ attributes }: Node): number {
  const { data } = attributes as { data: ArrayLike<number> };
  return data[0];
}

function compute({ operation, inputs }: Node, values: ReadonlyMap<Tensor, Variable>): Code {
  const rule = RULES[operation.name];
  if (!rule) throw new BinscribeError('internal', `an optimiser's rule cannot use ${operation.name}`);
  return rule(...inputs.map((tensor) => values.get(tensor)!.get));
}
