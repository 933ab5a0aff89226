/**
 * The inner loop of every model here, one prediction with negative sampling: a hidden vector h, the output vector
 * of the word that was seen (label 1) and those of words drawn from the noise (label 0).
 *
 *     f_k = h . v_k       g_k = (label_k - sigmoid(f_k)) * rate       work = sum g_k v_k       v_k += g_k h
 *
 * All products come first, then all updates: a row is read twice, the hidden vector is read twice a group and
 * not twice a word, and the sigmoids are computed four at a time.
 */

import type { Plan } from '../plan.ts';
import type { Body, Call, ModuleBuilder, Variable } from '../../../wasm/assembler.ts';
import type { Code } from '../../../wasm/encoding.ts';
import { doWhile, f32x4, i32, i32x4, i64, select, shuffle, v128 } from '../../../wasm/opcodes.ts';
import type { RandomCode } from './random.ts';

/** Output vectors that are updated in one loop: each holds a vector register of 16. */
const GROUP = 8;
/** Fours of numbers that a turn of a loop takes: makes the counting cheap. */
const UNROLL = 4;
/** Vector registers that V8 hands out. */
const REGISTERS = 15;
const QUAD_BYTES = 16;
/** Of a vector's four numbers. */
const LANES = 4;

export interface Dialect {
  /** Whether the engine has the instructions of relaxed SIMD. */
  readonly relaxed: boolean;
}

/** a * b + c */
export function multiplyAdd({ relaxed }: Dialect, a: Code, b: Code, c: Code): Code {
  return relaxed ? f32x4.relaxedMadd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/**
 * Goes through vectors of `bytes` bytes, four numbers at a time, and moves the pointers to their ends.
 * @param quad The work on four numbers, which lie at the given offset from each pointer
 */
export function overRows(
  bytes: number,
  pointers: readonly Variable[],
  end: Variable,
  quad: (offset: number) => Code,
  unroll = UNROLL,
): Code {
  const turn = unroll * QUAD_BYTES;
  const whole = Math.floor(bytes / turn) * turn;
  const quads = (count: number): Code => Array.from({ length: count }, (_, i) => quad(i * QUAD_BYTES));
  const move = (by: number): Code => pointers.map((p) => p.set(i32.add(p.get, i32.const(by))));
  const rest = bytes - whole;
  return [
    whole === 0
      ? []
      : [
          end.set(i32.add(pointers[0].get, i32.const(whole))),
          doWhile([quads(unroll), move(turn)], i32.ne(pointers[0].get, end.get)),
        ],
    rest === 0 ? [] : [quads(rest / QUAD_BYTES), move(rest)],
  ];
}

/**
 * 1 / (1 + e^-x) to seven digits: 2^n by the exponent's bits, 2^f by a polynomial (Taylor's, whose first term left
 * out is under 2e-7 of the sum for |f| <= 1/2; in Estrin's order, since nothing goes on until it is there). Not a
 * table, which word2vec needs without vectors and which knows three digits.
 */
function sigmoid(dialect: Dialect, x: Variable, [f, rounded, square, low, high]: readonly Variable[]): Code {
  const all = (value: number): Code => v128.const(value, value, value, value);
  // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the low bits.
  const magic = 1.5 * 2 ** 23;
  const coefficients = Array.from({ length: 7 }, (_, i) => all(Math.LN2 ** i / factorial(i)));
  const [c0, c1, c2, c3, c4, c5, c6] = coefficients;
  const madd = (a: Code, b: Code, c: Code): Code => multiplyAdd(dialect, a, b, c);
  return [
    f.set(f32x4.mul(x.get, all(-1 / Math.LN2))),
    f.set(f32x4.pmax(f32x4.pmin(f.get, all(126)), all(-126))),
    rounded.set(f32x4.add(f.get, all(magic))),
    f.set(f32x4.sub(f.get, f32x4.sub(rounded.get, all(magic)))),
    square.set(f32x4.mul(f.get, f.get)),
    low.set(madd(madd(f.get, c3, c2), square.get, madd(f.get, c1, c0))),
    high.set(madd(square.get, c6, madd(f.get, c5, c4))),
    low.set(madd(high.get, f32x4.mul(square.get, square.get), low.get)),
    low.set(i32x4.add(low.get, i32x4.shl(rounded.get, i32.const(23)))),
    f32x4.div(all(1), f32x4.add(all(1), low.get)),
  ];
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

/** The sums of up to four vectors' lanes, as one vector. */
function sumLanes(vectors: readonly Variable[], low: Variable, high: Variable): Code {
  const zero = v128.const(0, 0, 0, 0);
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => vectors.at(i)?.get ?? zero);
  const pairs = (x: Code, y: Code): Code =>
    f32x4.add(shuffle(x, y, [0, 4, 1, 5]), shuffle(x, y, [2, 6, 3, 7]));
  return [
    low.set(pairs(a, b)),
    high.set(pairs(c, d)),
    f32x4.add(shuffle(low.get, high.get, [0, 1, 4, 5]), shuffle(low.get, high.get, [2, 3, 6, 7])),
  ];
}

/** Draws `negative` words of the noise into the scratch, as addresses of their output vectors. */
function drawNoise(plan: Plan, random: RandomCode, body: Body, own: Variable): Code {
  const { at, scratch, words, settings } = plan;
  const outputBytes = plan.slots * plan.rowBytes;
  const [entry, word] = body.locals('i32', 2);
  const product = body.local('i64');
  const one = (draw: Code, k: number): Code => [
    // The high half of the product is a slot, the low half a fraction of it.
    product.set(i64.mul(i64.extendI32U(draw), i64.const(words))),
    word.set(i32.wrapI64(i64.shrU(product.get, i64.const(32)))),
    entry.set(i32.shl(word.get, i32.const(3))),
    word.set(
      select(
        word.get,
        i32.load(entry.get, at.alias + 4),
        i32.ltU(i32.wrapI64(product.get), i32.load(entry.get, at.alias)),
      ),
    ),
    i32.store(
      own.get,
      i32.add(i32.const(at.output), i32.mul(word.get, i32.const(outputBytes))),
      scratch.targets + 4 * k,
    ),
  ];
  return random.inline(body, (draw) => Array.from({ length: settings.negative }, (_, k) => one(draw, k + 1)));
}

/** Where the gradient of the hidden vector goes: onto the vector itself, or onto a vector of its own. */
export type Destination = 'hidden' | 'work';

export interface PredictCode {
  /**
   * (scratch, hidden, word) -> (): learns that `word` was seen where `hidden`, an address, predicts.
   * With destination `work` it adds to the scratch's `work`, which the caller has zeroed.
   */
  readonly predict: Call;
  /** (scratch) -> (): to be called at the start of a sequence, since each prediction draws for the next. */
  readonly begin: Call;
}

export function definePredict(
  module: ModuleBuilder,
  plan: Plan,
  dialect: Dialect,
  random: RandomCode,
  alpha: Variable,
  destination: Destination,
): PredictCode {
  const { at, scratch, frozen } = plan;
  const bytes = plan.slots * plan.rowBytes;
  const count = plan.settings.negative + 1;
  const groups = Array.from({ length: Math.ceil(count / GROUP) }, (_, i) =>
    Math.min(GROUP, count - i * GROUP),
  );
  const begin = module.define(['i32'], null, (body, own) => drawNoise(plan, random, body, own));

  const predict = module.define(['i32', 'i32', 'i32'], null, (body, own, hidden, word) => {
    const targets = body.locals('i32', count);
    const rows = body.locals('i32', Math.min(GROUP, count));
    const [x, work, end] = body.locals('i32', 3);
    const sums = body.locals('v128', Math.min(GROUP, count));
    const factors = body.locals('v128', Math.ceil(count / LANES));
    const rates = body.locals('v128', factors.length);
    const spare = body.locals('v128', 5);
    const [a, value, gradient] = spare;
    const pointers = (first: number, taken: readonly Variable[]): Code => [
      x.set(hidden.get),
      taken.map((row, k) => row.set(targets[first + k].get)),
    ];

    const load: Code = [
      targets.map((target, k) =>
        target.set(
          k === 0
            ? i32.add(i32.const(at.output), i32.mul(word.get, i32.const(bytes)))
            : i32.load(own.get, scratch.targets + 4 * k),
        ),
      ),
      // A word that was drawn by chance as it was seen teaches nothing.
      rates.map((rate, i) =>
        rate.set(
          v128.andNot(
            f32x4.splat(alpha.get),
            i32x4.eq(v128.load(own.get, scratch.targets + i * QUAD_BYTES), i32x4.splat(targets[0].get)),
          ),
        ),
      ),
    ];

    // Four products at a time, since V8 moves all loads of a turn to its start: more would not fit the registers.
    const products = factors.map((factor, i): Code => {
      const size = Math.min(LANES, count - i * LANES);
      const [taken, vectors] = [rows.slice(0, size), sums.slice(0, size)];
      const unroll = Math.floor((REGISTERS - size) / (size + 1));
      return [
        pointers(i * LANES, taken),
        vectors.map((sum) => sum.set(v128.const(0, 0, 0, 0))),
        overRows(
          bytes,
          [x, ...taken],
          end,
          (offset) => [
            value.set(v128.load(x.get, offset)),
            taken.map((row, k) =>
              vectors[k].set(multiplyAdd(dialect, v128.load(row.get, offset), value.get, vectors[k].get)),
            ),
          ],
          unroll,
        ),
        factor.set(sumLanes(vectors, spare[0], spare[1])),
      ];
    });

    const gradients = factors.map((factor, i): Code => {
      const label = v128.const(i === 0 ? 1 : 0, 0, 0, 0);
      return factor.set(f32x4.mul(f32x4.sub(label, sigmoid(dialect, factor, spare)), rates[i].get));
    });

    const updates = groups.map((size, group): Code => {
      const [taken, splats] = [rows.slice(0, size), sums.slice(0, size)];
      const onto = destination === 'hidden' && group === groups.length - 1 ? x : work;
      // With one group the hidden vector's gradient never touches memory.
      const start = destination === 'hidden' && group === 0 ? v128.const(0, 0, 0, 0) : null;
      return [
        pointers(group * GROUP, taken),
        work.set(i32.add(own.get, i32.const(scratch.work))),
        splats.map((splat, k) => {
          const factor = factors[Math.floor((group * GROUP + k) / LANES)].get;
          return splat.set(shuffle(factor, factor, new Array<number>(LANES).fill(k % LANES)));
        }),
        overRows(bytes, [x, ...(start && onto === x ? [] : [work]), ...taken], end, (offset) => [
          value.set(v128.load(x.get, offset)),
          gradient.set(start ?? v128.load(work.get, offset)),
          taken.map((row, k) => [
            a.set(v128.load(row.get, offset)),
            frozen ? [] : v128.store(row.get, multiplyAdd(dialect, splats[k].get, value.get, a.get), offset),
            gradient.set(multiplyAdd(dialect, a.get, splats[k].get, gradient.get)),
          ]),
          onto === x
            ? v128.store(x.get, f32x4.add(value.get, gradient.get), offset)
            : v128.store(work.get, gradient.get, offset),
        ]),
      ];
    });

    return [load, products, drawNoise(plan, random, body, own), gradients, updates];
  });
  return { predict, begin };
}
