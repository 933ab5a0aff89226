/** What the training sides of data sets have: a question about it asks for no more than to remember. */

import { openDataset } from '../corpus/dataset.ts';
import { contentKey } from '../corpus/hash.ts';

/** Code and texts, as `contentKey` tells them apart. */
export interface Learned {
  readonly codes: ReadonlySet<string>;
  readonly texts: ReadonlySet<string>;
}

/** @param folders of data sets @throws what the reader of data sets throws */
export async function learnedFrom(folders: readonly string[]): Promise<Learned> {
  const [codes, texts] = [new Set<string>(), new Set<string>()];
  for (const folder of folders) {
    for await (const { assembly, text } of openDataset(folder).rows(['assembly', 'text'], {
      split: 'train',
    })) {
      codes.add(contentKey(assembly));
      if (text !== null) texts.add(contentKey(text));
    }
  }
  return { codes, texts };
}
