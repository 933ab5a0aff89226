/** What makes texts of questions: a network of a folder, or a language model behind an endpoint. */

import { type ChatOptions, type Message, requestOf } from '../../chat/client.ts';
import type { AnswerCache } from '../../chat/cache.ts';
import { askAll } from '../../chat/questions.ts';
import type { Manifest } from '../../corpus/dataset.ts';
import { BinscribeError } from '../../error.ts';
import type { T5Texts } from './t5.ts';

/** Of a manifest's `machineTexts`, what is known before anything is made. */
export type MadeBy = Pick<
  NonNullable<Manifest['machineTexts']>,
  'model' | 'maker' | 'modelHash' | 'longest' | 'beams'
>;

export interface MakeOptions {
  readonly signal: AbortSignal;
  /** Told of each text that was not there before, whatever became of it. */
  readonly progress: () => void;
}

/** Answers are kept in a cache by all that decides them; without one question everything is begun again. */
export interface TextMaker {
  readonly by: MadeBy;
  /** The answer as it was given, where it was. */
  known(question: string): string | undefined;
  /**
   * Answers those that are not known yet.
   * @returns why some have no answer
   * @throws BinscribeError: `interrupted`, or what makes it pointless to go on
   */
  make(questions: readonly string[], options: MakeOptions): Promise<readonly string[]>;
}

export interface EndpointOptions extends ChatOptions {
  readonly cache: AnswerCache;
  readonly longest: number;
  /** Questions under way at a time. */
  readonly jobs: number;
}

export function endpointMaker(options: EndpointOptions): TextMaker {
  const { cache, model, longest } = options;
  const messagesOf = (question: string): Message[] => [{ role: 'user', content: question }];
  return {
    by: { model, maker: 'endpoint', modelHash: null, longest, beams: null },
    known: (question) => cache.get(requestOf(messagesOf(question), options)),
    async make(questions, { signal, progress }) {
      const outcomes = await askAll(questions.map(messagesOf), { ...options, signal, progress });
      return outcomes.flatMap((one) => ('failure' in one ? [one.failure.message] : []));
    },
  };
}

/** Texts that a network writes at a time: of more, little is gained and much is padding. */
const BATCH = 16;

/**
 * @param modelHash of the network's files
 * @param cache of texts by what decides them
 */
export function t5Maker(
  texts: T5Texts,
  { model, modelHash, cache }: { model: string; modelHash: string; cache: AnswerCache },
): TextMaker {
  const { longest, beams } = texts.options;
  const keyOf = (question: string): string => JSON.stringify({ modelHash, longest, beams, question });
  return {
    by: { model, maker: 't5', modelHash, longest, beams },
    known: (question) => cache.get(keyOf(question)),
    async make(questions, { signal, progress }) {
      // Texts of like lengths together, so that little is padding.
      const order = questions.toSorted((a, b) => a.length - b.length);
      for (let from = 0; from < order.length; from += BATCH) {
        if (signal.aborted) throw new BinscribeError('interrupted', 'interrupted');
        const batch = order.slice(from, from + BATCH);
        const open = batch.filter((question) => cache.get(keyOf(question)) === undefined);
        if (open.length === 0) continue;
        // All of it, so that the last digit of no score depends on where an earlier run was stopped.
        const written = await texts.write(batch);
        for (const [i, question] of batch.entries()) cache.set(keyOf(question), written[i]);
        for (const _ of open) progress();
      }
      return [];
    },
  };
}
