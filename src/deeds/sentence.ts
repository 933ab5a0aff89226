/** Deeds as a reader is told them. */

import type { Deed } from './deeds.ts';

/** As a sentence; empty where nothing is told. */
export function sentenceOf(deeds: readonly Pick<Deed, 'text'>[]): string {
  if (deeds.length === 0) return '';
  const texts = deeds.map(({ text }) => text);
  const [last] = texts.splice(-1);
  const sentence = texts.length === 0 ? last : `${texts.join(', ')} and ${last}`;
  return `${sentence[0].toUpperCase()}${sentence.slice(1)}.`;
}
