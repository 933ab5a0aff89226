/** Skip-gram: each word's vector predicts the words within its window, one by one. */

import type { Plan } from '../plan.ts';
import type { Body, Call, ModuleBuilder, Variable } from '../../../wasm/assembler.ts';
import type { Code } from '../../../wasm/encoding.ts';
import { i32, ifThen, select, whileLoop } from '../../../wasm/opcodes.ts';
import { definePredict, type Dialect } from './predict.ts';
import type { RandomCode } from './random.ts';

/** (scratch, first token's address, end) -> i32: copies a sequence without what subsampling drops, counts the rest. */
export function defineSubsample(
  module: ModuleBuilder,
  { at, scratch, settings }: Plan,
  random: RandomCode,
): Call {
  return module.define(['i32', 'i32', 'i32'], 'i32', (body, own, token, end) => {
    const [word, place] = body.locals('i32', 2);
    const keep: Code = [
      i32.store(place.get, word.get, scratch.kept),
      place.set(i32.add(place.get, i32.const(4))),
    ];
    const threshold = i32.load(i32.shl(word.get, i32.const(2)), at.keep);
    return [
      place.set(own.get),
      whileLoop(i32.ne(token.get, end.get), [
        word.set(i32.load(token.get)),
        settings.sample === 0 ? keep : ifThen(i32.geU(threshold, random.next()), keep),
        token.set(i32.add(token.get, i32.const(4))),
      ]),
      i32.shrU(i32.sub(place.get, own.get), i32.const(2)),
    ];
  });
}

/** Draws how wide the window at `position` of `count` is, and sets the bounds: [from, to). */
export function drawWindow(
  random: RandomCode,
  window: number,
  position: Code,
  count: Code,
  { from, to, width }: { from: Variable; to: Variable; width: Variable },
): Code {
  return [
    width.set(i32.sub(i32.const(window), i32.remU(random.next(), i32.const(window)))),
    from.set(i32.sub(position, width.get)),
    from.set(select(i32.const(0), from.get, i32.ltS(from.get, i32.const(0)))),
    to.set(i32.add(i32.add(position, width.get), i32.const(1))),
    to.set(select(count, to.get, i32.ltS(count, to.get))),
  ];
}

export function increment(variable: Variable): Code {
  return variable.set(i32.add(variable.get, i32.const(1)));
}

/** (scratch, first token's address, end, sequence) -> () */
export function defineSkipGram(
  module: ModuleBuilder,
  plan: Plan,
  dialect: Dialect,
  random: RandomCode,
  alpha: Variable,
): Call {
  const { at, scratch, rowBytes, settings } = plan;
  const subsample = defineSubsample(module, plan, random);
  const { predict, begin } = definePredict(module, plan, dialect, random, alpha, 'hidden');
  return module.define(['i32', 'i32', 'i32', 'i32'], null, (body: Body, own, token, end) => {
    const [count, i, j, from, to, width] = body.locals('i32', 6);
    const kept = (index: Code): Code =>
      i32.load(i32.add(own.get, i32.shl(index, i32.const(2))), scratch.kept);
    const row = (word: Code): Code => i32.add(i32.const(at.input), i32.mul(word, i32.const(rowBytes)));
    return [
      count.set(subsample(own.get, token.get, end.get)),
      begin(own.get),
      i.set(i32.const(0)),
      whileLoop(i32.ltS(i.get, count.get), [
        drawWindow(random, settings.window, i.get, count.get, { from, to, width }),
        j.set(from.get),
        whileLoop(i32.ltS(j.get, to.get), [
          ifThen(i32.ne(j.get, i.get), predict(own.get, row(kept(j.get)), kept(i.get))),
          increment(j),
        ]),
        increment(i),
      ]),
    ];
  });
}
