import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRows } from './reader.ts';
import { RowScanner } from './scanner.ts';

const FIXTURE = readFileSync('test/fixtures/posts/Posts.xml');
/** Made by lxml: scripts/goldens/posts.py. */
const GOLDENS = JSON.parse(readFileSync('test/fixtures/posts/goldens.json', 'utf8')) as {
  rows: [string, string][][];
};

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function readAll(bytes: Uint8Array, size = 1 << 16): Promise<[string, string][][]> {
  const all: [string, string][][] = [];
  for await (const rows of readRows(chunked(bytes, size))) {
    for (const row of rows) all.push([...row.attributes()]);
  }
  return all;
}

const dumpOf = (rows: string): Uint8Array => Buffer.from(`<posts>${rows}</posts>`);

describe('the rows of a dump', () => {
  it('are what lxml reads', async () => {
    expect(await readAll(FIXTURE)).toEqual(GOLDENS.rows);
  });

  it('are the same after a byte order mark', async () => {
    expect(await readAll(Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), FIXTURE]))).toEqual(GOLDENS.rows);
  });

  it('are the same wherever chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2000 }), async (size) => {
        expect(await readAll(FIXTURE, size)).toEqual(GOLDENS.rows);
      }),
      { numRuns: 40, examples: [[1], [2], [3]] },
    );
  });

  it('give single attributes, numbers as numbers, and say where they stand', async () => {
    for await (const [first, second] of readRows(chunked(FIXTURE, 1 << 20))) {
      expect(first.text('Tags')).toBe('<c><arithmetic>');
      expect(first.text('ParentId')).toBeUndefined();
      expect([first.integer('Id'), second.integer('Score'), first.integer('ParentId')]).toEqual([
        1,
        -3,
        undefined,
      ]);
      expect(first.offset).toBe(FIXTURE.indexOf('<row'));
      expect(Buffer.from(second.bytes).toString()).toMatch(/^<row Id="2" [^]*\/>$/);
    }
  });

  it('may be megabytes long', async () => {
    const body = 'x&lt;é'.repeat(500_000);
    const [[[, text]]] = await readAll(dumpOf(`<row Body="${body}" />`), 4096);
    expect(text).toBe('x<é'.repeat(500_000));
  });
});

describe('a damaged dump', () => {
  const cases: [string, string, number, string][] = [
    ['another file', '<users></users>', 0, 'expected "<posts>"'],
    ['an archive', '7z\xbc\xaf\x27\x1c', 0, 'expected "<?xml" or "<posts>"'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><posts></posts>', 0, 'expected "<posts>"'],
    ['another encoding', '<?xml version="1.0" encoding="utf-16"?><posts></posts>', 0, 'encoding="utf-8"'],
    ['no end', '<posts><row Id="1" />', 21, 'expected more rows or "</posts>"'],
    ['an end inside a row', '<posts><row Id="1" /><row Id="2', 31, 'expected more rows or "</posts>"'],
    ['something behind the end', '<posts></posts> x', 16, 'expected nothing'],
    ['a value that goes on', '<posts><row Id="1 /><row Id="2" /></posts>', 16, "expected '\"'"],
    ['no quotes', '<posts><row Id=1 /></posts>', 14, 'expected `="`'],
    ['no space', '<posts><row Id="1"Score="2" /></posts>', 18, 'expected a space'],
    ['a row with content', '<posts><row Id="1"></row></posts>', 18, 'expected a space or "/>"'],
    ['an attribute twice', '<posts><row Id="1" Id="2" /></posts>', 19, 'expected each attribute once'],
    ['text between rows', '<posts>x<row Id="1" /></posts>', 7, 'expected "<row"'],
    ['another element', '<posts><col Id="1" /></posts>', 7, 'expected "<row"'],
  ];
  it.each(cases)('of %s is refused with its place', async (_, text, offset, expected) => {
    const error: unknown = await readAll(Buffer.from(text, 'latin1')).catch((error: unknown) => error);
    expect(error).toMatchObject({ kind: 'corrupt', hint: expect.any(String) });
    expect((error as Error).message).toContain(`at byte ${offset}: `);
    expect((error as Error).message).toContain(expected);
  });

  it.each([
    '&amp',
    '&nbsp;',
    '&#0;',
    '&#xD800;',
    '&#x110000;',
    '&#99999999999;',
    '&#;',
    '&;',
    '&lt',
    '&#xG;',
  ])('with the reference %s is refused', async (reference) => {
    await expect(readAll(dumpOf(`<row Body="abc${reference}" />`))).rejects.toMatchObject({
      kind: 'corrupt',
    });
  });

  it('that is not UTF-8 is refused', async () => {
    const bytes = Buffer.concat([
      Buffer.from('<posts><row Body="'),
      Buffer.of(0xc3, 0x28),
      Buffer.from('"/></posts>'),
    ]);
    await expect(readAll(bytes)).rejects.toMatchObject({ kind: 'corrupt', message: /expected UTF-8/ });
  });

  it('with a number that is none is refused when it is asked for', async () => {
    for (const value of ['', '-', '1.5', 'x', '9'.repeat(30)]) {
      for await (const [row] of readRows(chunked(dumpOf(`<row Id="${value}" />`), 100))) {
        expect(() => row.integer('Id')).toThrow(/expected a whole number in Id/);
      }
    }
  });

  it('gives the rows before the damage', () => {
    const scanner = new RowScanner();
    const rows = scanner.push(Buffer.from('<posts><row Id="1" /><row Id="2" /><broken><row'));
    expect(rows.map((row) => row.integer('Id'))).toEqual([1, 2]);
    expect(scanner.failure).toMatchObject({ kind: 'corrupt' });
    expect(scanner.push(Buffer.from('<row Id="3" />'))).toEqual([]);
  });

  it('without an end of a row takes no more memory than a row may', () => {
    const scanner = new RowScanner();
    scanner.push(Buffer.from('<posts><row Body="'));
    const chunk = Buffer.alloc(1 << 20, 'x');
    let pushed = 0;
    while (!scanner.failure && pushed < 64) {
      scanner.push(chunk);
      pushed++;
    }
    expect(pushed).toBeLessThan(20);
    expect(scanner.failure?.message).toContain('expected rows of at most');
  });

  it('with thousands of names of attributes is refused', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `a${i}="1"`).join(' ');
    await expect(readAll(dumpOf(`<row ${names} />`))).rejects.toThrow(/at most 256 names/);
  });

  it('made of a sound one by changing bytes gives rows or one of our errors', async () => {
    expect.hasAssertions();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(FIXTURE.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const bytes = Buffer.from(FIXTURE);
          for (const [at, byte] of changes) bytes[at] = byte;
          const error: unknown = await readAll(bytes, 500).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (error !== undefined) expect(error).toMatchObject({ kind: 'corrupt' });
        },
      ),
      { numRuns: 200 },
    );
  });
});
