/** The data of the page: opened by the browser, the code of functions only when somebody looks. */

import type { Chunk, PackedCode } from '../render/html/packed.ts';
import type { Report } from '../schema.ts';

/** The report that is in the page. */
export async function openReport(): Promise<Report> {
  return (await open(document.getElementById('report')?.textContent ?? '')) as Report;
}

/** The code of the page's functions. */
export class Codes {
  private readonly chunks: Chunk[];
  /** The chunk that was opened last: whoever looks at a function looks at its neighbours next. */
  private opened: { first: number; codes: Promise<PackedCode[]> } | undefined;

  constructor() {
    this.chunks = Array.from(document.querySelectorAll<HTMLElement>('script.code'), (element) => ({
      first: Number(element.dataset['first']),
      data: element.textContent,
    }));
  }

  /** The code of the function at a place of the report; null where the page has none. */
  async of(index: number): Promise<PackedCode | null> {
    const chunk = this.chunks.findLast(({ first }) => first <= index);
    if (chunk === undefined) return null;
    if (this.opened?.first !== chunk.first) {
      this.opened = { first: chunk.first, codes: open(chunk.data) as Promise<PackedCode[]> };
    }
    return (await this.opened.codes).at(index - chunk.first) ?? null;
  }
}

/** The document that `pack` of render/html/pack.ts has packed. */
async function open(packed: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Response(stream).json();
}
