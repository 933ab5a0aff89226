/**
 * Paragraph vectors with distributed memory (PV-DM), and Asm2Vec. The context of a position becomes a list of
 * parts: which word vectors, at which place of the hidden vector, and with which weight. From there on all models
 * are one: compose the hidden vector, predict, give the gradient back to the parts.
 */

import { HEAD } from '../corpus.ts';
import { PART_BYTES, type Plan } from '../plan.ts';
import type { Body, Call, ModuleBuilder, Variable } from '../../../wasm/assembler.ts';
import type { Code } from '../../../wasm/encoding.ts';
import { f32, f32x4, i32, ifThen, v128, whileLoop } from '../../../wasm/opcodes.ts';
import { definePredict, multiplyAdd, overRows, type Dialect } from './predict.ts';
import type { RandomCode } from './random.ts';
import { defineSubsample, drawWindow, increment } from './skip-gram.ts';

/** What the models differ in works on this. */
interface Context {
  readonly plan: Plan;
  readonly random: RandomCode;
  readonly own: Variable;
  readonly document: Variable;
  readonly subsample: Call;
  /** (destination, source, weight) -> (): destination += weight * source, over one word vector */
  readonly addScaled: Call;
  readonly predict: Call;
  readonly begin: Call;
}

const rowAddress = ({ at, rowBytes }: Plan, word: Code): Code =>
  i32.add(i32.const(at.input), i32.mul(word, i32.const(rowBytes)));

/** Writes a part of the context and moves on to the next. */
function putPart(
  { scratch }: Plan,
  place: Variable,
  part: { row: Code; slot: Code; weight: Code; back: Code },
): Code {
  return [
    i32.store(place.get, part.row, scratch.parts),
    i32.store(place.get, part.slot, scratch.parts + 4),
    f32.store(place.get, part.weight, scratch.parts + 8),
    f32.store(place.get, part.back, scratch.parts + 12),
    place.set(i32.add(place.get, i32.const(PART_BYTES))),
  ];
}

/** hidden = weight * document + sum of the parts; work = 0 */
function compose(context: Context, body: Body, weight: Variable, end: Variable): Code {
  const { plan, own, document, addScaled } = context;
  const { scratch, rowBytes, slots, documentSlots } = plan;
  const part = body.local('i32');
  const at = (slot: number, base: number): Code => i32.add(own.get, i32.const(base + slot * rowBytes));
  const fill = body.locals('i32', 2);
  const zero = v128.const(0, 0, 0, 0);
  const zeroed = (offset: number): Code => v128.store(fill[0].get, zero, offset);
  return [
    // Hidden and work are of one size, and the second follows the first at once or after padding.
    [scratch.hidden, scratch.work].map((base) => [
      fill[0].set(at(0, base)),
      overRows(slots * rowBytes, [fill[0]], fill[1], zeroed),
    ]),
    Array.from({ length: documentSlots }, (_, slot) =>
      addScaled(at(slot, scratch.hidden), i32.add(document.get, i32.const(slot * rowBytes)), weight.get),
    ),
    part.set(own.get),
    whileLoop(i32.ne(part.get, end.get), [
      addScaled(
        i32.add(at(0, scratch.hidden), i32.load(part.get, scratch.parts + 4)),
        i32.load(part.get, scratch.parts),
        f32.load(part.get, scratch.parts + 8),
      ),
      part.set(i32.add(part.get, i32.const(PART_BYTES))),
    ]),
  ];
}

/** Gives the hidden vector's gradient back to the document and, unless they are frozen, to the parts. */
function giveBack(context: Context, body: Body, back: Variable, end: Variable): Code {
  const { plan, own, document, addScaled } = context;
  const { scratch, rowBytes, documentSlots, frozen } = plan;
  const part = body.local('i32');
  const at = (slot: number): Code => i32.add(own.get, i32.const(scratch.work + slot * rowBytes));
  return [
    Array.from({ length: documentSlots }, (_, slot) =>
      addScaled(i32.add(document.get, i32.const(slot * rowBytes)), at(slot), back.get),
    ),
    frozen
      ? []
      : [
          part.set(own.get),
          whileLoop(i32.ne(part.get, end.get), [
            addScaled(
              i32.load(part.get, scratch.parts),
              i32.add(at(0), i32.load(part.get, scratch.parts + 4)),
              f32.load(part.get, scratch.parts + 12),
            ),
            part.set(i32.add(part.get, i32.const(PART_BYTES))),
          ]),
        ],
  ];
}

/** The mean of document and words. As in word2vec, each gets the whole gradient and not its share of it. */
function meanSequence(context: Context, body: Body, token: Code, end: Code): Code {
  const { plan, random, own, subsample, predict, begin } = context;
  const { scratch, settings } = plan;
  const [count, i, j, from, to, width, place] = body.locals('i32', 7);
  const [weight, back] = body.locals('f32', 2);
  const kept = (index: Code): Code => i32.load(i32.add(own.get, i32.shl(index, i32.const(2))), scratch.kept);
  return [
    count.set(subsample(own.get, token, end)),
    back.set(f32.const(1)),
    begin(own.get),
    i.set(i32.const(0)),
    whileLoop(i32.ltS(i.get, count.get), [
      drawWindow(random, settings.window, i.get, count.get, { from, to, width }),
      // The window counts its own position, whose place the document takes.
      weight.set(f32.div(f32.const(1), f32.convertI32U(i32.sub(to.get, from.get)))),
      place.set(own.get),
      j.set(from.get),
      whileLoop(i32.ltS(j.get, to.get), [
        ifThen(
          i32.ne(j.get, i.get),
          putPart(plan, place, {
            row: rowAddress(plan, kept(j.get)),
            slot: i32.const(0),
            weight: weight.get,
            back: back.get,
          }),
        ),
        increment(j),
      ]),
      compose(context, body, weight, place),
      predict(own.get, i32.add(own.get, i32.const(scratch.hidden)), kept(i.get)),
      giveBack(context, body, back, place),
      increment(i),
    ]),
  ];
}

/** Document and words side by side, a place for each. The word after the last stands for what is outside. */
function concatSequence(context: Context, body: Body, token: Code, end: Code): Code {
  const { plan, own, subsample, predict, begin } = context;
  const { scratch, settings, rowBytes, words } = plan;
  const { window } = settings;
  const [count, i, j, to, place, slot, word] = body.locals('i32', 7);
  const one = body.local('f32');
  const kept = (index: Code): Code => i32.load(i32.add(own.get, i32.shl(index, i32.const(2))), scratch.kept);
  return [
    count.set(subsample(own.get, token, end)),
    one.set(f32.const(1)),
    begin(own.get),
    i.set(i32.const(0)),
    whileLoop(i32.ltS(i.get, count.get), [
      place.set(own.get),
      slot.set(i32.const(rowBytes)),
      j.set(i32.sub(i.get, i32.const(window))),
      to.set(i32.add(i.get, i32.const(window + 1))),
      whileLoop(i32.ne(j.get, to.get), [
        ifThen(i32.ne(j.get, i.get), [
          word.set(i32.const(words)),
          // Unsigned, so that a place before the start is beyond the end too.
          ifThen(i32.ltU(j.get, count.get), word.set(kept(j.get))),
          putPart(plan, place, {
            row: rowAddress(plan, word.get),
            slot: slot.get,
            weight: one.get,
            back: one.get,
          }),
          slot.set(i32.add(slot.get, i32.const(rowBytes))),
        ]),
        increment(j),
      ]),
      compose(context, body, one, place),
      predict(own.get, i32.add(own.get, i32.const(scratch.hidden)), kept(i.get)),
      giveBack(context, body, one, place),
      increment(i),
    ]),
  ];
}

/** The mean of function, previous and next instruction; the gradient is the mean's own, as in the paper. */
function instructionSequence(context: Context, body: Body, token: Code, end: Code): Code {
  const { plan, own, predict, begin } = context;
  const { scratch, rowBytes } = plan;
  const [count, i, cursor, stop, place, word] = body.locals('i32', 6);
  const [weight, share] = body.locals('f32', 2);
  /** Where instruction `index` starts, the end of the walk for the one after the last. */
  const startOf = (index: Code): Code =>
    i32.load(i32.add(own.get, i32.shl(index, i32.const(2))), scratch.kept);
  const next = cursor.set(i32.add(cursor.get, i32.const(4)));
  const put = (slot: number, weight: Code): Code =>
    putPart(plan, place, {
      row: rowAddress(plan, i32.and(i32.load(cursor.get), i32.const(HEAD - 1))),
      slot: i32.const(slot * rowBytes),
      weight,
      back: weight,
    });
  const putInstruction = (index: Code): Code => [
    cursor.set(startOf(index)),
    stop.set(startOf(i32.add(index, i32.const(1)))),
    put(0, weight.get),
    next,
    share.set(f32.div(weight.get, f32.convertI32U(i32.shrU(i32.sub(stop.get, cursor.get), i32.const(2))))),
    whileLoop(i32.ne(cursor.get, stop.get), [put(1, share.get), next]),
  ];
  const before = i32.ne(i.get, i32.const(0));
  const after = i32.ltS(i32.add(i.get, i32.const(1)), count.get);
  return [
    place.set(own.get),
    cursor.set(token),
    whileLoop(i32.ne(cursor.get, end), [
      ifThen(i32.ltS(i32.load(cursor.get), i32.const(0)), [
        i32.store(place.get, cursor.get, scratch.kept),
        place.set(i32.add(place.get, i32.const(4))),
      ]),
      next,
    ]),
    i32.store(place.get, end, scratch.kept),
    count.set(i32.shrU(i32.sub(place.get, own.get), i32.const(2))),
    begin(own.get),
    i.set(i32.const(0)),
    whileLoop(i32.ltS(i.get, count.get), [
      weight.set(f32.div(f32.const(1), f32.convertI32U(i32.add(i32.const(1), i32.add(before, after))))),
      place.set(own.get),
      ifThen(before, putInstruction(i32.sub(i.get, i32.const(1)))),
      ifThen(after, putInstruction(i32.add(i.get, i32.const(1)))),
      compose(context, body, weight, place),
      // All tokens of the instruction are predicted before anything but output vectors changes.
      word.set(startOf(i.get)),
      whileLoop(i32.ne(word.get, startOf(i32.add(i.get, i32.const(1)))), [
        predict(
          own.get,
          i32.add(own.get, i32.const(scratch.hidden)),
          i32.and(i32.load(word.get), i32.const(HEAD - 1)),
        ),
        word.set(i32.add(word.get, i32.const(4))),
      ]),
      giveBack(context, body, weight, place),
      increment(i),
    ]),
  ];
}

/** (scratch, first token's address, end, sequence) -> () */
export function defineDocuments(
  module: ModuleBuilder,
  plan: Plan,
  dialect: Dialect,
  random: RandomCode,
  alpha: Variable,
): Call {
  const { at, rowBytes, documentSlots, settings } = plan;
  const subsample = defineSubsample(module, plan, random);
  const { predict, begin } = definePredict(module, plan, dialect, random, alpha, 'work');
  const addScaled = module.define(['i32', 'i32', 'f32'], null, (body, destination, source, weight) => {
    const end = body.local('i32');
    const scale = body.local('v128');
    return [
      scale.set(f32x4.splat(weight.get)),
      overRows(rowBytes, [destination, source], end, (offset) =>
        v128.store(
          destination.get,
          multiplyAdd(dialect, scale.get, v128.load(source.get, offset), v128.load(destination.get, offset)),
          offset,
        ),
      ),
    ];
  });
  const write =
    settings.model === 'asm2vec'
      ? instructionSequence
      : settings.model === 'pv-dm-concat'
        ? concatSequence
        : meanSequence;
  return module.define(['i32', 'i32', 'i32', 'i32'], null, (body, own, token, end, index) => {
    const document = body.local('i32');
    const owner = i32.load(i32.shl(index.get, i32.const(2)), at.owners);
    return [
      document.set(i32.add(i32.const(at.document), i32.mul(owner, i32.const(documentSlots * rowBytes)))),
      write({ plan, random, own, document, subsample, addScaled, predict, begin }, body, token.get, end.get),
    ];
  });
}
