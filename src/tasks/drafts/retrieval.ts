/**
 * The baseline of drafts: sources of the training functions whose code is nearest, by cosine of tf-idf of opcode pairs.
 * Nothing is learned but the pairs' weights. Several of them go to the same chooser as a network's candidates.
 */

import type { FunctionBody } from '../../binary/instruction.ts';
import type { Draft } from '../../models/drafts/recompiler.ts';
import { KnownFunctionsBuilder } from '../../models/known/build.ts';
import type { Origin } from '../../models/known/index.ts';
import { Searcher } from '../../models/known/search.ts';
import { exactHash, normalizedHash, withoutPadding } from '../../tokens/normalize.ts';
import { opcodePairs } from '../opcode-pairs.ts';

/** A function of a training set with its source, in one of its builds. */
export interface SourcedFunction {
  draft: Draft;
  origin: Origin;
  code: Uint8Array;
  body: FunctionBody;
}

export interface RetrievedDraft extends Draft {
  /** Cosine of the code that it was found by, in [0, 1]. */
  similarity: number;
  /** Where that code was seen. */
  origin: Origin;
}

/** From a function to the sources of its neighbours. */
export interface DraftRetrieval {
  /**
   * At most `count` different texts, the nearest first.
   * @param passedOver a package: code that it has is not looked at, wherever else it was seen. So a training function is
   *   asked as one that was never seen
   */
  retrievalDrafts(body: FunctionBody, count: number, passedOver?: string): RetrievedDraft[];
}

/**
 * Entries that are looked at for each draft that is wanted: a source has an entry in each of its builds, and some share
 * one.
 */
const ENTRIES_PER_DRAFT = 8;

/** Memory: the opcode pairs of each different code, and each different source once. */
export function indexDrafts(training: Iterable<SourcedFunction>): DraftRetrieval {
  const builder = new KnownFunctionsBuilder();
  const drafts = new Map<string, Draft>();
  for (const { draft, origin, code, body } of training) {
    const key = JSON.stringify([draft.preamble ?? null, draft.text]);
    drafts.set(key, draft);
    builder.add({
      // What is looked up by its code is a source here, and no name.
      name: key,
      origin,
      exactHash: exactHash(code),
      normalizedHash: normalizedHash(body),
      length: withoutPadding(body.instructions).length,
      pairs: opcodePairs(body),
    });
  }
  const known = builder.build();
  const searcher = new Searcher(known);
  return {
    retrievalDrafts(body, count, passedOver) {
      const found = new Map<string, RetrievedDraft>();
      const accept = (entry: number): boolean => {
        for (let i = known.occurrenceStarts[entry]; i < known.occurrenceStarts[entry + 1]; i++) {
          if (known.origins[known.occurrenceOrigins[i]].package === passedOver) return false;
        }
        return true;
      };
      for (const { entry, similarity } of searcher.search(opcodePairs(body), {
        limit: count * ENTRIES_PER_DRAFT,
        floor: 0,
        ...(passedOver !== undefined && { accept }),
      })) {
        for (let i = known.occurrenceStarts[entry]; i < known.occurrenceStarts[entry + 1]; i++) {
          const draft = drafts.get(known.names[known.occurrenceNames[i]])!;
          if (found.size === count || found.has(draft.text)) continue;
          found.set(draft.text, { ...draft, similarity, origin: known.origins[known.occurrenceOrigins[i]] });
        }
      }
      return [...found.values()];
    },
  };
}
