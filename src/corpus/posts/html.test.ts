import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeEntities } from './entities.ts';
import { readBody } from './html.ts';

/** Made by Python's html module: scripts/goldens/posts.py. */
const { entities } = JSON.parse(readFileSync('test/fixtures/posts/goldens.json', 'utf8')) as {
  entities: Record<string, string>;
};

describe('references', () => {
  it('are what Python takes them for', () => {
    for (const [text, character] of Object.entries(entities)) expect(decodeEntities(text)).toBe(character);
  });

  it('stay where they are none', () => {
    for (const text of ['&', '&;', '&#;', '&#x;', 'AT&T', '&lt', '&#xZZ;'])
      expect(decodeEntities(text)).toBe(text);
  });
});

describe('a body', () => {
  it('is text without its code blocks, and the blocks', () => {
    const html =
      '<p>First <b>bold</b>\n and <code>a &lt; b</code>,\nsee <a href="x?a=1&amp;b=2" title="a > b">here</a>.</p>\n\n' +
      '<pre><code>if (a &lt; b &amp;&amp; c)\n    f(&quot;x&quot;);\n</code></pre>\n\n' +
      '<ul>\n<li>one</li>\n<li>two<br>lines</li>\n</ul>';
    expect(readBody(html)).toEqual({
      text: 'First bold and a < b, see here.\n\none\ntwo\nlines',
      blocks: [{ code: 'if (a < b && c)\n    f("x");', hint: undefined }],
    });
  });

  it('keeps the indentation of a block, and not its empty lines around', () => {
    const { blocks } = readBody('<pre><code>\n\n    a\r\n\n  b\n\n</code></pre>');
    expect(blocks[0].code).toBe('    a\n\n  b');
  });

  it('names the language where the author did', () => {
    const hints = (html: string): (string | undefined)[] => readBody(html).blocks.map(({ hint }) => hint);
    expect(
      hints('<pre class="lang-c prettyprint-override"><code>x</code></pre><pre><code>y</code></pre>'),
    ).toEqual(['c', undefined]);
    expect(hints('<!-- language: lang-cpp -->\n<pre><code>x</code></pre><pre><code>y</code></pre>')).toEqual([
      'cpp',
      undefined,
    ]);
    expect(hints('<!-- language-all: c -->\n<pre><code>x</code></pre><pre><code>y</code></pre>')).toEqual([
      'c',
      'c',
    ]);
    expect(hints('<pre><code class="language-c++">x</code></pre>')).toEqual(['c++']);
  });

  it('may be broken in any way', () => {
    expect(readBody('a < b <c <!-- d').text).toBe('a < b <c <!-- d');
    expect(readBody('<pre><code>open').blocks).toEqual([{ code: 'open', hint: undefined }]);
    expect(readBody('</pre></p>x<p').text).toBe('x<p');
    expect(readBody('<pre><pre>x</pre>').blocks.map(({ code }) => code)).toEqual(['', 'x']);
  });

  it('is read in time that grows with its length', () => {
    // What took the square of it would not end within the time of a test.
    for (const piece of ['<!--', '<a "', '<a href="', '&', '<', '<pre>', '&#', "<a '>"]) {
      expect(() => readBody(piece.repeat(100_000))).not.toThrow();
    }
  });
});
