/** The page of a report in a browser: searched, sorted, driven by keys; it fetches nothing and nothing gets out. */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { CodePacker } from '../../src/explain/render/html/payload.ts';
import { renderHtml } from '../../src/explain/render/html/report.ts';
import { sanitize } from '../../src/explain/sanitize.ts';
import type { Report } from '../../src/explain/schema.ts';
import { compile } from '../support/compile.ts';
import { functionReport, HOSTILE_NAMES, reportOf } from '../support/report.ts';
import { stubModel } from '../support/stub-model.ts';
import { hasBrowser } from './browser.ts';
import { Page } from './devtools.ts';

const SOURCE = `
#include <stdio.h>
#include <stdlib.h>
__attribute__((noinline)) int fold(const char *text, int start) {
  int sum = start;
  for (int i = 0; text[i]; i++) sum = text[i] == 'x' ? sum + 1 : sum * 31 + text[i];
  if (sum == 7) puts("the sum is seven, which is rare");
  return sum;
}
int main(int argc, char **argv) {
  if (argc < 2) { puts("usage: fixture TEXT"); exit(1); }
  return fold(argv[1], argc);
}
`;

const folder = mkdtempSync(join(tmpdir(), 'binscribe-report-'));
const write = (name: string, report: Report, codes?: CodePacker): string => {
  const path = join(folder, name);
  writeFileSync(path, [...renderHtml(report, codes)].join(''));
  return path;
};

describe.skipIf(!hasBrowser())('a report in a page (Debian package chromium-headless-shell)', () => {
  let page: Page;
  let report: Report;
  const rows = (): Promise<string[]> =>
    page.evaluate(`[...document.querySelectorAll('[data-row] .address')].map((cell) => cell.textContent)`);
  const heading = (): Promise<string> =>
    page.evaluate(`document.querySelector('.detail h2')?.textContent ?? ''`);
  const addressOf = (symbol: string): string =>
    report.functions.find((entry) => entry.symbol === symbol)!.address;

  beforeAll(async () => {
    const bytes = readFileSync(compile(SOURCE, { compiler: 'gcc-12', flags: ['-O1'] }));
    const codes = new CodePacker();
    report = await explain(bytes, stubModel('suggested', true), {
      path: 'a<b>&c',
      code: codes.add,
      map: true,
    });
    page = await Page.open(write('one.html', report, codes), 1300, 900);
    await page.until(`document.querySelector('.detail .code li')`);
  });
  afterAll(() => page.close());

  test('shows the file, and first what a reader should see first, with its code and its picture', async () => {
    expect(await page.evaluate('document.querySelector("h1").textContent')).toBe('a<b>&c');
    expect(await heading()).toBe('main');
    await page.evaluate(`location.hash = '${addressOf('fold')}'`);
    await page.until(
      `document.querySelector('.detail h2')?.textContent === 'fold' && document.querySelector('svg')`,
    );
    const fold = report.functions.find((entry) => entry.symbol === 'fold')!;
    expect(await page.evaluate('document.querySelectorAll(".code li").length')).toBe(fold.instructions);
    expect(await page.evaluate('document.querySelectorAll("svg .block").length')).toBe(fold.blocks);
    expect(await page.evaluate('document.querySelector(".code").textContent')).toContain('the sum is seven');
    expect(await page.evaluate('document.querySelector(".edge.back") !== null')).toBe(true);
  });

  test('a link in the code leads to the function that is called, and Back returns', async () => {
    await page.evaluate(`location.hash = '${addressOf('main')}'`);
    await page.until(`document.querySelector('.detail .code a[href="#${addressOf('fold')}"]')`);
    await page.evaluate(`document.querySelector('.detail .code a[href="#${addressOf('fold')}"]').click()`);
    await page.until(`document.querySelector('.detail h2').textContent === 'fold'`);
    await page.evaluate('history.back()');
    await page.until(`document.querySelector('.detail h2').textContent === 'main'`);
    expect(await page.evaluate('location.hash')).toBe(`#${addressOf('main')}`);
  });

  test('search finds strings and names, and Escape ends it', async () => {
    const all = await rows();
    await page.press('/');
    for (const letter of 'seven') await page.press(letter);
    await page.until(`document.querySelectorAll('[data-row]').length === 1`);
    expect(await rows()).toEqual([addressOf('fold')]);
    await page.press('Escape');
    await page.until(`document.querySelectorAll('[data-row]').length === ${all.length}`);
  });

  test('titles sort, and say so', async () => {
    const sort = (key: string): Promise<void> =>
      page.evaluate(`document.querySelector('.head .${key} button').click()`);
    await sort('address');
    const upward = await rows();
    expect(upward.map(Number)).toEqual(upward.map(Number).sort((a, b) => a - b));
    expect(await page.evaluate(`document.querySelector('.head .address').ariaSort`)).toBe('ascending');
    await sort('address');
    expect(await rows()).toEqual(upward.reverse());
  });

  test('keys choose: j and k, arrows, Enter', async () => {
    const chosen = (): Promise<string> =>
      page.evaluate(`document.querySelector('[aria-current="true"] .address').textContent`);
    const list = await rows();
    await page.evaluate(`document.querySelector('[data-row="1"]').click()`);
    await page.until(`document.querySelector('[data-row="1"]').ariaCurrent === 'true'`);
    expect(await chosen()).toBe(list[1]);
    for (const [key, place] of [
      ['j', 2],
      ['k', 1],
    ] as const) {
      await page.press(key);
      await page.until(`document.querySelector('[data-row="${place}"]').ariaCurrent === 'true'`);
    }
    await page.evaluate(`document.querySelector('.rows').focus()`);
    await page.press('ArrowUp');
    await page.until(`document.querySelector('[data-row="0"]').ariaCurrent === 'true'`);
    await page.press('Enter');
    expect(await page.evaluate(`document.activeElement.tagName`)).toBe('H2');
  });

  test('the map has the functions, and a click chooses one', async () => {
    await page.press('m');
    await page.until(`document.querySelector('.map canvas').clientHeight > 0`);
    const placed = report.functions.filter(({ place }) => place !== null);
    expect(placed.length).toBeGreaterThan(3);
    const { place, address } = placed.at(-1)!;
    const at = await page.evaluate<{ x: number; y: number }>(`(() => {
      const box = document.querySelector('canvas').getBoundingClientRect();
      return {
        x: box.left + 1 + 14 + ${place!.x} * (box.width - 30),
        y: box.top + 1 + 14 + ${place!.y} * (box.height - 30),
      };
    })()`);
    await page.evaluate(`location.hash = '${placed[0].address}'`);
    await page.click(at.x, at.y);
    const same = placed.filter((entry) => entry.place!.x === place!.x && entry.place!.y === place!.y);
    await page.until(`${JSON.stringify(same.map((entry) => `#${entry.address}`))}.includes(location.hash)`);
    expect(address).toMatch(/^0x/);
  });

  test('it fetched nothing but itself, and complained of nothing', () => {
    expect(page.complaints).toEqual([]);
    expect(page.requests).toEqual([`file://${join(folder, 'one.html')}`]);
  });

  test('names that want to be obeyed are text, and a model without vectors gives no map', async () => {
    const hostile = HOSTILE_NAMES.map((name) => sanitize(name));
    const functions = hostile.map((name, at) =>
      functionReport(0x1000 + 16 * at, {
        interest: at + 1,
        names: [{ name, score: 0.5 }],
        strings: [name],
        calls: [name],
      }),
    );
    const path = hostile.join(' ');
    const other = await Page.open(write('hostile.html', reportOf(functions, { path })), 1300, 1400);
    try {
      await other.until(`document.querySelectorAll('[data-row]').length === ${hostile.length}`);
      expect(await other.evaluate(`document.querySelector('h1').textContent`)).toBe(path);
      const shown = await other.evaluate(
        `[...document.querySelectorAll('[data-row] .name')].map((cell) => cell.textContent)`,
      );
      expect(shown).toEqual(hostile.map((name) => `${name}?`));
      expect(await other.evaluate(`document.querySelectorAll('img, script:not([type])').length`)).toBe(1);
      expect(await other.evaluate(`document.querySelector('.map').textContent`)).toContain('gives no map');
      // The policy lets nothing more in, whoever asks.
      expect(await other.evaluate(`fetch('data:,x').then(() => 'fetched', () => 'refused')`)).toBe('refused');
      expect(
        await other.evaluate(
          `(() => { try { document.body.innerHTML = '<b>'; return 'set' } catch { return 'refused' } })()`,
        ),
      ).toBe('refused');
    } finally {
      await other.close();
    }
  });
});

test('6,000 functions with their code fit a page of 8 MB', () => {
  const functions = Array.from({ length: 6000 }, (_, at) =>
    functionReport(0x1000 + 16 * at, { strings: [`text ${at}`] }),
  );
  const codes = new CodePacker();
  for (const { address } of functions) {
    const lines = Array.from({ length: 100 }, (_, at) => ({
      length: 4,
      text: `mov eax, 0x${at.toString(16)}`,
      note: null,
    }));
    codes.add({ address, lines, blocks: [{ count: 100, successors: [] }], incomplete: false });
  }
  const page = [...renderHtml(reportOf(functions), codes)].join('');
  expect(page.length).toBeLessThan(8e6);
  expect(codes.chunks().length).toBeGreaterThan(50);
});
