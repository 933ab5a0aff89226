/**
 * The module that trains: made for one plan, with every size and address a constant in it. Its export `run` takes
 * batches from the queue, each with its own stream of random numbers, until none is left. So what a batch draws
 * does not depend on which thread takes it.
 */

import { BATCH_BYTES, type Plan } from '../plan.ts';
import { ModuleBuilder, PAGE } from '../../../wasm/assembler.ts';
import type { Code } from '../../../wasm/encoding.ts';
import { defineDocuments } from './documents.ts';
import { f32, f64, i32, whileLoop } from '../../../wasm/opcodes.ts';
import type { Dialect } from './predict.ts';
import { defineRandom } from './random.ts';
import { defineSkipGram, increment } from './skip-gram.ts';

export function pagesOf(plan: Plan): number {
  return Math.ceil(plan.bytes / PAGE);
}

export function kernelModule(
  plan: Plan,
  dialect: Dialect & { readonly shared: boolean },
): Uint8Array<ArrayBuffer> {
  const { at, settings, batches, scratch } = plan;
  const module = new ModuleBuilder({ pages: pagesOf(plan), shared: dialect.shared });
  const random = defineRandom(module);
  const alpha = module.global('f32');
  const define = settings.model === 'skip-gram' ? defineSkipGram : defineDocuments;
  const sequence = define(module, plan, dialect, random, alpha);

  /** (scratch, batch) -> () */
  const trainBatch = module.define(['i32', 'i32'], null, (body, own, batch) => {
    const [entry, epoch, index, end] = body.locals('i32', 4);
    const fall = settings.alpha - settings.minAlpha;
    const progress: Code = f64.mul(
      f64.add(f64.convertI32U(epoch.get), f64.load(entry.get, at.batch + 8)),
      f64.const(1 / settings.epochs),
    );
    const address = (i: Code, base: number): Code => i32.load(i32.shl(i, i32.const(2)), base);
    const token = (offset: number): Code =>
      i32.add(i32.const(at.tokens), i32.shl(address(index.get, at.starts + offset), i32.const(2)));
    return [
      epoch.set(i32.divU(batch.get, i32.const(batches))),
      entry.set(i32.mul(i32.remU(batch.get, i32.const(batches)), i32.const(BATCH_BYTES))),
      alpha.set(
        f32.demoteF64(
          f64.max(
            f64.const(settings.minAlpha),
            f64.sub(f64.const(settings.alpha), f64.mul(f64.const(fall), progress)),
          ),
        ),
      ),
      index.set(i32.load(entry.get, at.batch)),
      end.set(i32.load(entry.get, at.batch + 4)),
      whileLoop(i32.ltU(index.get, end.get), [
        random.seed(i32.const(settings.seed), address(index.get, at.seeds), epoch.get),
        sequence(own.get, token(0), token(4), index.get),
        increment(index),
      ]),
    ];
  });

  module.export('run', ['i32'], null, (body, thread) => {
    const [batch, own] = body.locals('i32', 2);
    const take = batch.set(i32.atomicAdd(i32.const(at.queue), i32.const(1)));
    return [
      own.set(i32.add(i32.const(at.scratch), i32.mul(thread.get, i32.const(scratch.bytes)))),
      take,
      whileLoop(i32.ltU(batch.get, i32.load(i32.const(at.queue), 4)), [trainBatch(own.get, batch.get), take]),
    ];
  });
  return module.bytes();
}
