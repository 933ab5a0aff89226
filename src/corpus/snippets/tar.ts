/** Files of a tar archive (POSIX ustar), one after the other as the archive comes. */

import { BinscribeError } from '../../error.ts';

export interface TarFile {
  path: string;
  /** Null where it is larger than was asked for. */
  content: Buffer | null;
}

const BLOCK = 512;

/** Offsets and lengths of a header's fields. */
const FIELD = {
  name: [0, 100],
  size: [124, 12],
  checksum: [148, 8],
  type: [156, 1],
  prefix: [345, 155],
} as const;

/**
 * @param largest bytes of the largest file that is handed out
 * @param where for messages
 * @throws BinscribeError: `corrupt` where it is no archive or is cut off, `unsupported` for what it has of newer forms
 */
export async function* readTar(
  chunks: AsyncIterable<Buffer>,
  largest: number,
  where: string,
): AsyncGenerator<TarFile, void> {
  const queue = new ByteQueue(chunks, where);
  for (;;) {
    const header = await queue.take(BLOCK);
    // Two blocks of zeros end an archive; what follows is padding.
    if (header.every((byte) => byte === 0)) return;
    const text = (field: keyof typeof FIELD): string => {
      const [start, length] = FIELD[field];
      return header.toString('utf8', start, start + length).replace(/\0.*$/s, '');
    };
    const size = parseInt(text('size'), 8);
    if (sumOf(header) !== parseInt(text('checksum'), 8) || !(size >= 0)) {
      throw new BinscribeError('corrupt', `${where}: the header of a tar archive's file expected`);
    }
    const type = text('type');
    if (!['', '0', '5', '1', '2', 'g'].includes(type)) {
      throw new BinscribeError(
        'unsupported',
        `${where}: files of the types 0 to 2 and 5 expected, got ${JSON.stringify(type)}`,
        {
          hint: 'Pack it again: tar --format=ustar -czf …',
        },
      );
    }
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    const wanted = (type === '' || type === '0') && size <= largest;
    const content = wanted ? (await queue.take(padded)).subarray(0, size) : null;
    if (!wanted) await queue.skip(padded);
    const path = [text('prefix'), text('name')].filter((part) => part !== '').join('/');
    if (type === '' || type === '0') yield { path, content };
  }
}

/** Of all bytes of a header, those of the sum taken for spaces. */
function sumOf(header: Buffer): number {
  const [start, length] = FIELD.checksum;
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= start && i < start + length ? 32 : header[i];
  return sum;
}

class ByteQueue {
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly where: string;
  private rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>, where: string) {
    this.chunks = chunks[Symbol.asyncIterator]();
    this.where = where;
  }

  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = size;
    while (missing > 0) {
      if (this.rest.length === 0) await this.refill();
      const part = this.rest.subarray(0, missing);
      parts.push(part);
      missing -= part.length;
      this.rest = this.rest.subarray(part.length);
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  async skip(size: number): Promise<void> {
    for (let missing = size; missing > 0;) {
      if (this.rest.length === 0) await this.refill();
      const part = Math.min(missing, this.rest.length);
      missing -= part;
      this.rest = this.rest.subarray(part);
    }
  }

  private async refill(): Promise<void> {
    const next = await this.chunks.next();
    if (next.done) throw new BinscribeError('corrupt', `${this.where}: the archive is cut off`);
    this.rest = next.value;
  }
}
