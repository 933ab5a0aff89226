/** sfc32 in WebAssembly: the generator of `src/random.ts`, with its state in globals, so one for each thread. */

import type { Body, Call, ModuleBuilder, Variable } from '../../../wasm/assembler.ts';
import type { Code } from '../../../wasm/encoding.ts';
import { doWhile, drop, i32 } from '../../../wasm/opcodes.ts';

/** Outputs to discard after seeding all three words (PractRand). `SEED_ROUNDS` of the reference is the same. */
const SEED_ROUNDS = 15;

export interface RandomCode {
  /** () -> i32, all of whose bits are random */
  readonly next: Call;
  /** (i32, i32, i32) -> (): starts the stream of three numbers */
  readonly seed: Call;
  /** Draws several times with the state in locals, which is faster: `write` gets the code of a draw. */
  inline(body: Body, write: (draw: Code) => Code): Code;
}

/** A draw: the code of a number, and the state one step on. */
function step([a, b, c, counter]: readonly Variable[], result: Variable): Code {
  return [
    result.set(i32.add(i32.add(a.get, b.get), counter.get)),
    counter.set(i32.add(counter.get, i32.const(1))),
    a.set(i32.xor(b.get, i32.shrU(b.get, i32.const(9)))),
    b.set(i32.add(c.get, i32.shl(c.get, i32.const(3)))),
    c.set(i32.add(i32.rotl(c.get, i32.const(21)), result.get)),
    result.get,
  ];
}

export function defineRandom(module: ModuleBuilder): RandomCode {
  const state = Array.from({ length: 4 }, () => module.global('i32'));
  const next = module.define([], 'i32', (body) => step(state, body.local('i32')));
  const seed = module.define(['i32', 'i32', 'i32'], null, (body, ...words) => {
    const left = body.local('i32');
    return [
      words.map((word, i) => state[i].set(word.get)),
      state[3].set(i32.const(1)),
      left.set(i32.const(SEED_ROUNDS)),
      doWhile([drop(next()), left.set(i32.sub(left.get, i32.const(1)))], left.get),
    ];
  });
  const inline: RandomCode['inline'] = (body, write) => {
    const copies = body.locals('i32', state.length);
    return [
      copies.map((copy, i) => copy.set(state[i].get)),
      write(step(copies, body.local('i32'))),
      copies.map((copy, i) => state[i].set(copy.get)),
    ];
  };
  return { next, seed, inline };
}
