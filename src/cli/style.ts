/** Colours, where a person looks and has not said no (https://no-color.org). */

import { styleText } from 'node:util';
import { PLAIN, type Style } from '../explain/render/style.ts';
import type { Output, Session } from './session.ts';

const COLOURED: Style = {
  heading: (text) => styleText('bold', text, { validateStream: false }),
  known: (text) => styleText('green', text, { validateStream: false }),
  suggested: (text) => styleText('cyan', text, { validateStream: false }),
  faint: (text) => styleText('dim', text, { validateStream: false }),
  warning: (text) => styleText('yellow', text, { validateStream: false }),
};

export function styleFor(output: Output, env: Session['env']): Style {
  const wanted = output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return wanted ? COLOURED : PLAIN;
}
