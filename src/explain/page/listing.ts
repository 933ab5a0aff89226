/** A function's disassembly: a line an instruction, addresses that lead to functions and lines as links. */

import { make } from './dom.ts';
import { type Block, type Instruction, piecesOf } from './instructions.ts';

/** Lines that are made at once; a browser lays them out in a moment. */
const PAGE = 1500;

/** Names what starts at an address, where a function of the report does. */
export type NameAt = (address: number) => string | undefined;

export function listingOf(blocks: readonly Block[], nameAt: NameAt): HTMLElement {
  const lines = blocks.flatMap(({ instructions }) =>
    instructions.map((instruction, at) => ({ instruction, starts: at === 0 })),
  );
  const own = new Set(lines.map(({ instruction }) => instruction.address));
  const list = make('ol', { class: 'code mono', 'aria-label': 'Disassembly' });
  const more = make('button', { type: 'button' });
  const box = make('div', {}, list, more);
  const show = (): void => {
    const begin = list.childElementCount;
    for (const { instruction, starts } of lines.slice(begin, begin + PAGE)) {
      list.append(lineOf(instruction, starts, own, nameAt));
    }
    const left = lines.length - list.childElementCount;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(left, PAGE).toLocaleString('en-US')} of ${left.toLocaleString('en-US')} more instructions`;
  };
  more.addEventListener('click', show);
  // A jump inside the function stays in the listing.
  list.addEventListener('click', (event) => {
    const target = (event.target as Element).closest<HTMLElement>('[data-line]')?.dataset['line'];
    if (target === undefined) return;
    const place = lines.findIndex(({ instruction }) => instruction.address === Number(target));
    while (list.childElementCount <= place) show();
    const line = list.children[place];
    line.scrollIntoView({ block: 'center' });
    line.classList.add('found');
    setTimeout(() => line.classList.remove('found'), 1500);
  });
  show();
  return box;
}

function lineOf(
  { address, text, note }: Instruction,
  starts: boolean,
  own: ReadonlySet<number>,
  nameAt: NameAt,
): HTMLElement {
  const line = make('li', starts ? { class: 'starts' } : {});
  line.append(make('span', { class: 'address' }, address.toString(16)), ' ');
  let named: string | undefined;
  for (const piece of piecesOf(text)) {
    const name = piece.address === undefined ? undefined : nameAt(piece.address);
    if (piece.address !== undefined && name !== undefined) {
      line.append(make('a', { href: `#${piece.text}` }, piece.text));
      named = name;
    } else if (piece.address !== undefined && own.has(piece.address)) {
      line.append(make('button', { type: 'button', 'data-line': piece.address }, piece.text));
    } else line.append(piece.text);
  }
  const remark = note ?? named;
  if (remark) line.append(make('span', { class: 'note' }, `; ${remark}`));
  return line;
}
