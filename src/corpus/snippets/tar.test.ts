import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { BinscribeError } from '../../error.ts';
import { chunksOf } from './input.ts';
import { readTar } from './tar.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LONG = `${'d'.repeat(60)}/${'e'.repeat(60)}/name.txt`;
const FILES: Record<string, string> = {
  'empty.txt': '',
  'block.txt': 'b'.repeat(512),
  'deep/er/more.txt': 'x'.repeat(1000),
  'große.txt': 'ü',
  [LONG]: 'long',
};

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(chunks: AsyncIterable<Buffer>, largest = 2000): Promise<Record<string, string | null>> {
  const found: Record<string, string | null> = {};
  for await (const { path, content } of readTar(chunks, largest, 'a.tar')) {
    found[path] = content === null ? null : content.toString('utf8');
  }
  return found;
}

describe('an archive', () => {
  const root = join(folder, 'root');
  let archive: Buffer;
  const pack = (name: string, ...flags: string[]): string => {
    execFileSync('tar', [
      ...flags,
      '-cf',
      join(folder, name),
      '-C',
      root,
      ...Object.keys(FILES),
      'link',
      'deep',
    ]);
    return join(folder, name);
  };

  beforeAll(() => {
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    symlinkSync('/etc/passwd', join(root, 'link'));
    archive = readFileSync(pack('a.tar', '--format=ustar'));
  });

  it.each([1, 100, 512, 513, 100_000])(
    'by GNU tar is read as it was packed, in chunks of %i bytes',
    async (size) => {
      expect(await read(inChunks(archive, size))).toEqual(FILES);
    },
  );

  it('is read compressed, and in the old form of GNU', async () => {
    expect(await read(chunksOf(pack('a.tar.gz', '--format=ustar', '-z')))).toEqual(FILES);
    const short = execFileSync('tar', ['--format=gnu', '-cf', '-', '-C', root, 'empty.txt', 'block.txt']);
    expect(await read(inChunks(short, 512))).toEqual({ 'empty.txt': '', 'block.txt': 'b'.repeat(512) });
  });

  it('gives no content of files that are too large', async () => {
    expect((await read(inChunks(archive, 512), 512))['deep/er/more.txt']).toBeNull();
  });

  it('with names of a later form is refused, with what to do', async () => {
    await expect(read(chunksOf(pack('p.tar', '--format=pax')))).rejects.toMatchObject({
      kind: 'unsupported',
      hint: expect.stringContaining('--format=ustar'),
    });
  });

  it('that is damaged or cut off gives an error of ours, or what it still holds', async () => {
    await expect(read(inChunks(archive.subarray(0, 700), 512))).rejects.toMatchObject({ kind: 'corrupt' });
    await expect(read(inChunks(Buffer.from('no archive'.repeat(100)), 512))).rejects.toMatchObject({
      kind: 'corrupt',
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(archive.length - 1), fc.nat(255), async (at, value) => {
        const damaged = Buffer.from(archive);
        damaged[at] = value;
        await read(inChunks(damaged, 4096)).catch((error: unknown) =>
          expect(error).toBeInstanceOf(BinscribeError),
        );
      }),
    );
  });
});
