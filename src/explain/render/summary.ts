/** What a summary rests on, in words. */

import type { FunctionReport } from '../schema.ts';

/** `written by a network; of its words the code says "usage"` */
export function restsOn({ evidence: { words } }: NonNullable<FunctionReport['summary']>): string {
  const said = words.length === 0 ? 'none' : words.map((word) => `"${word}"`).join(' ');
  return `written by a network; of its words the code says ${said}`;
}
