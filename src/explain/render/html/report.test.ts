import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { functionReport, HOSTILE_NAMES, reportOf } from '../../../../test/support/report.ts';
import { COLLECTION_SCHEMA, type Collection } from '../../collection.ts';
import type { FunctionCode } from '../../code.ts';
import { renderCollectionPage } from '../collection.ts';
import type { PackedCode } from './packed.ts';
import { CodePacker } from './payload.ts';
import { renderHtml } from './report.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE_NAMES));
const unpack = (data: string): unknown => JSON.parse(inflateSync(Buffer.from(data, 'base64')).toString());
/** A page without its texts: tags with their attributes, and what is no markup gone. */
const skeleton = (page: string): string => page.replace(/>[^<]+</g, '><').replace(/ href="[^"]*"/g, '');

test('the policy names exactly the script and the style that are there, and no other source', () => {
  const page = [...renderHtml(reportOf([]))].join('');
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)!;
  const hash = (tag: string): string => {
    const [, content] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)!;
    return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
  };
  expect(policy.split('; ')).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      `script-src ${hash('script')}`,
      `style-src ${hash('style')}`,
    ]),
  );
  expect(policy).not.toMatch(/unsafe|https?:|\*|data:|blob:/);
  expect(page).not.toMatch(/(src|href)=|@import|url\(http/);
});

test('whatever a report says, the markup of its page is the same', () => {
  const plain = reportOf([functionReport(1)]);
  const pageOf = (path: string, said: string): string =>
    [
      ...renderHtml({
        ...plain,
        file: { ...plain.file, path },
        model: { id: said, description: said },
        partial: true,
        cuts: [{ where: said, reason: said }],
        skipped: [{ address: '0x1', reason: said }],
        functions: [functionReport(1, { strings: [said], names: [{ name: said, score: 0.5 }] })],
      }),
    ].join('');
  const expected = skeleton(pageOf('a', 'b'));
  fc.assert(
    fc.property(text, text, (path, said) => {
      expect(skeleton(pageOf(path || 'a', said || 'b'))).toBe(expected);
    }),
  );
});

test('an index is the same markup whatever its programs are called', () => {
  const pageOf = (path: string, message: string): string => {
    const made = { size: 1, sha256: null, seconds: 1 };
    const answer = { label: message, share: 0.5 };
    const counts = { functions: 1, named: 1, suggested: 1, partial: false };
    const explained = {
      ...counts,
      compiler: answer,
      level: null,
      algorithms: [message],
      like: [{ label: message, functions: 3 }],
    };
    const collection: Collection = {
      schema: COLLECTION_SCHEMA,
      tool: 'binscribe 0',
      model: message,
      format: 'html',
      passedOver: { [message]: 2 },
      programs: [
        { ...made, path, report: 'reports/a.html', explained, error: null },
        { ...made, path, report: null, explained: null, error: { kind: 'corrupt', message } },
      ],
    };
    return [...renderCollectionPage(collection)].join('');
  };
  const expected = skeleton(pageOf('a', 'b'));
  fc.assert(
    fc.property(text, text, (path, said) => {
      expect(skeleton(pageOf(path || 'a', said || 'b'))).toBe(expected);
    }),
  );
});

test('the report and the code are in the page as they were', () => {
  const functions = Array.from({ length: 40 }, (_, at) =>
    functionReport(0x1000 + at, { strings: [`say "${at}" 日本`] }),
  );
  const codes = new CodePacker();
  const codeAt = (at: number): FunctionCode => ({
    address: `0x${(0x1000 + at).toString(16)}`,
    lines: Array.from({ length: 200 + at }, (_, line) => ({
      length: 1 + (line % 15),
      text: `mov eax, 0x${(line * at).toString(16)} ; some more text`,
      note: line % 50 === 7 ? `"note ${line}"` : null,
    })),
    blocks: [
      { count: 150, successors: [0, 1] },
      { count: 50 + at, successors: [] },
    ],
    incomplete: at % 2 === 0,
  });
  functions.forEach((_, at) => codes.add(codeAt(at)));
  const report = reportOf(functions);
  const page = [...renderHtml(report, codes)].join('');
  expect(unpack(/id="report">([^<]*)</.exec(page)![1])).toEqual(report);
  const chunks = [...page.matchAll(/class="code" data-first="(\d+)">([^<]*)</g)];
  expect(chunks.length).toBeGreaterThan(2);
  let next = 0;
  for (const [, first, data] of chunks) {
    expect(Number(first)).toBe(next);
    for (const packed of unpack(data) as PackedCode[]) {
      const { lines, blocks, incomplete } = codeAt(next++);
      expect(packed.text.split('\n')).toEqual(lines.map((line) => line.text));
      expect(Array.from(packed.lengths, (digit) => Number.parseInt(digit, 16))).toEqual(
        lines.map((line) => line.length),
      );
      expect(packed.notes).toEqual(lines.flatMap(({ note }, at) => (note === null ? [] : [[at, note]])));
      expect(packed.blocks).toEqual(blocks.map(({ count, successors }) => [count, ...successors]));
      expect(packed.incomplete).toBe(incomplete);
    }
  }
  expect(next).toBe(functions.length);
});
