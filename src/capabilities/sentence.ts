/** Capabilities as a reader is told them. */

import type { Capability } from './capabilities.ts';

/** As a sentence; empty where nothing is told. */
export function sentenceOf(capabilities: readonly Pick<Capability, 'text'>[]): string {
  if (capabilities.length === 0) return '';
  const texts = capabilities.map(({ text }) => text);
  const [last] = texts.splice(-1);
  const sentence = texts.length === 0 ? last : `${texts.join(', ')} and ${last}`;
  return `${sentence[0].toUpperCase()}${sentence.slice(1)}.`;
}
