/** Pairs by how often they occur, the most frequent first; of equals that with the smaller number. */

interface Entry {
  readonly pair: number;
  readonly count: number;
}

/**
 * A binary heap in which a changed count is one more entry: those that no longer hold are passed over when they come to
 * the top.
 */
export class PairQueue {
  private readonly counts = new Map<number, number>();
  private readonly heap: Entry[] = [];
  private readonly changed = new Set<number>();

  /** Adds to a pair's count, or takes from it. */
  add(pair: number, count: number): void {
    this.counts.set(pair, (this.counts.get(pair) ?? 0) + count);
    this.changed.add(pair);
  }

  /** Takes the most frequent pair out; null where there is none. */
  take(): Entry | null {
    for (const pair of this.changed) {
      const count = this.counts.get(pair)!;
      if (count > 0) this.push({ pair, count });
      else this.counts.delete(pair);
    }
    this.changed.clear();
    for (let top = this.pop(); top; top = this.pop()) {
      if (this.counts.get(top.pair) !== top.count) continue;
      this.counts.delete(top.pair);
      return top;
    }
    return null;
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!comesBefore(entry, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }

  private pop(): Entry | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && comesBefore(heap[child + 1], heap[child])) child++;
      if (!comesBefore(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function comesBefore(a: Entry, b: Entry): boolean {
  return a.count !== b.count ? a.count > b.count : a.pair < b.pair;
}
