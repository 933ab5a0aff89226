/** What an encoder has read of each text, on this side of the graph. */

import type { HostTensor, HostTensors } from '../runtime.ts';

export class Memory {
  /** What the step reads; the first axis of each is that of the texts. */
  feeds: HostTensors;

  /** @param read keys and values of each layer, which are this object's from now on @param mask [batch, length] */
  constructor(read: HostTensors, mask: HostTensor) {
    this.feeds = { ...read, mask: { ...mask, data: mask.data.slice() } };
  }

  /** Goes on with some of the texts, in their order. */
  keep(texts: readonly number[]): void {
    this.feeds = Object.fromEntries(
      Object.entries(this.feeds).map(([name, { dtype, shape, data }]) => {
        const size = data.length / shape[0];
        // Texts only move forward, over those that are gone.
        texts.forEach((text, i) => data.copyWithin(i * size, text * size, (text + 1) * size));
        return [
          name,
          { dtype, shape: [texts.length, ...shape.slice(1)], data: data.subarray(0, texts.length * size) },
        ];
      }),
    );
  }
}
