/** The frame of our pages: one file, no network, and a policy that lets nothing else run or load. */

import { sha256 } from '@noble/hashes/sha2.js';
import { base64 } from './pack.ts';
import { escapeHtml } from '../../../markup.ts';

export interface Frame {
  title: string;
  style: string;
  /** Without one the page may run nothing at all. */
  script?: string;
}

/** A whole page around `body`, which is HTML already. */
export function* htmlDocument({ title, style, script }: Frame, body: Iterable<string>): Generator<string> {
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${script === undefined ? "'none'" : hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
    // No text can become markup: the script builds elements, and the browser refuses everything else.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n';
  yield `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
  yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n';
  yield '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n';
  yield `<title>${escapeHtml(title)}</title>\n<style>${style}</style>\n</head>\n<body>\n`;
  yield* body;
  if (script !== undefined) yield `<script>${script}</script>\n`;
  yield '</body>\n</html>\n';
}

/** A source of the policy: exactly this text. */
function hashOf(text: string): string {
  return `'sha256-${base64(sha256(new TextEncoder().encode(text)))}'`;
}
