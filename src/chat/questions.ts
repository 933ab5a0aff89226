/** Many questions, a few at a time: one that fails is told and does not end the others. */

import { BinscribeError } from '../error.ts';
import { type Answer, ask, type ChatOptions, type Message } from './client.ts';

export type Outcome = { readonly answer: Answer } | { readonly failure: BinscribeError };

export interface CrowdOptions extends ChatOptions {
  /** Questions under way at a time. */
  readonly jobs: number;
  /** Told how many have been asked: what was remembered takes no time. */
  readonly progress?: (asked: number) => void;
}

/** As many failures without an answer between them are the server's or the key's, and not those of questions. */
const FAILURES_IN_A_ROW = 10;

/**
 * @returns what came of each question, in their order
 * @throws BinscribeError: `interrupted`, or the last failure where nothing but failures comes back
 */
export async function askAll(
  questions: readonly (readonly Message[])[],
  { jobs, progress, signal, ...options }: CrowdOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = new Array<Outcome>(questions.length);
  const end = new AbortController();
  const interrupt = (): void => end.abort();
  signal?.addEventListener('abort', interrupt);
  let [asked, failures] = [0, 0];
  let givenUp: BinscribeError | undefined;

  const queue = questions.entries();
  const work = async (): Promise<void> => {
    for (const [i, messages] of queue) {
      try {
        const answer = await ask(messages, { ...options, signal: end.signal });
        outcomes[i] = { answer };
        // Which tells nothing about the server.
        if (answer.remembered) continue;
        failures = 0;
      } catch (error) {
        if (!(error instanceof BinscribeError) || error.kind === 'interrupted') throw error;
        outcomes[i] = { failure: error };
        if (++failures === FAILURES_IN_A_ROW) {
          givenUp = new BinscribeError(
            error.kind,
            `${failures} questions failed one after another, the last: ${error.message}`,
            error.hint === undefined ? {} : { hint: error.hint },
          );
          end.abort();
        }
        if (givenUp) return;
      }
      progress?.(++asked);
    }
  };
  const workers = Array.from({ length: jobs }, work);
  try {
    await Promise.all(workers);
  } catch (error) {
    end.abort();
    await Promise.allSettled(workers);
    // Whoever gives up interrupts the others, who say no more than that.
    if (!givenUp) throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
  if (givenUp) throw givenUp;
  return outcomes;
}
