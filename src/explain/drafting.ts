/** A draft of a function's source: what it is, what a machine can check of it, and how sure that is. */

import type { Binary } from '../binary/binary.ts';
import { lift } from '../lift/lift.ts';
import { compareDrafts } from '../models/drafts/choose.ts';
import { faithfulness, LIFTED } from '../models/drafts/faithfulness.ts';
import type { Build, Recompiler } from '../models/drafts/recompiler.ts';
import type { FunctionAnswer } from '../models/model.ts';
import type { VisibleNames } from '../tokens/visible-names.ts';
import type { Opened } from './batches.ts';
import { percent } from './render/columns.ts';
import { sanitize } from './sanitize.ts';
import type { FunctionReport } from './schema.ts';

/** Who compiles drafts again, so that their code can be compared; null where nobody can. */
export interface Drafting {
  readonly recompiler: Recompiler | null;
}

/** Of the program that a function is of. */
export interface DraftedProgram extends Drafting {
  readonly binary: Binary;
  readonly names: VisibleNames;
}

/** What a report says of a function's source. */
export type Drafted = Pick<FunctionReport, 'source' | 'noSource'>;

/** Characters of a line, and lines: more than anybody reads. */
const LONGEST_LINE = 1000;
const MOST_LINES = 5000;
/** Of a table of the program's data so much is shown: the code is what a draft is read for. */
const TABLE = 100;
const DATA = /^(?:static|extern) /;

const IDENTIFIER = /^[A-Za-z_]\w*$/;

/**
 * @param name by which the function is known; where it is no identifier of C, the draft has one made of the address
 * @param answer what the model recognised: the draft is compiled so
 * @throws BinscribeError as the recompiler does
 */
export async function draftSource(
  { found, body }: Opened,
  name: string | null,
  answer: FunctionAnswer | undefined,
  { binary, names, recompiler }: DraftedProgram,
): Promise<Drafted> {
  const own = name !== null && IDENTIFIER.test(name) ? name : `sub_${found.address.toString(16)}`;
  const lifted = lift(body, { memory: binary.memory, names, name: own });
  if (lifted.text === null) return { source: null, noSource: sanitize(lifted.reason) };
  const text = linesOf(lifted.text);
  const alone = !lifted.text.split('\n').some((line) => DATA.test(line));
  const builds = answer ? buildsOf(answer) : [];
  if (!recompiler || builds.length === 0) {
    const why = recompiler ? 'it is not known how the function was compiled' : 'nobody compiles it here';
    return {
      source: { text, score: faithfulness({ alone }, LIFTED), match: `lifted by rules, unchecked: ${why}` },
    };
  }
  const compared: Compared[] = [];
  for (const wanted of builds) {
    const { build, scores } = await compareDrafts(body, [{ text: lifted.text }], wanted, recompiler);
    compared.push({ build, likeness: scores[0] });
  }
  const rated = ({ likeness }: Compared): number => likeness ?? -1;
  const best = compared.reduce((before, one) => (rated(one) > rated(before) ? one : before));
  const { compiler, level } = best.build;
  return {
    source: {
      text,
      score: faithfulness({ alone, likeness: best.likeness }, LIFTED),
      match: `lifted by rules; ${matchOf(best.likeness)} (${compiler} -${level})`,
    },
  };
}

interface Compared {
  readonly build: Build;
  readonly likeness: number | null;
}

/** As recognised; both of two levels that are not told apart (`O2/O3`). */
function buildsOf({ compiler, optimization }: FunctionAnswer): Build[] {
  if (!compiler || !optimization) return [];
  return optimization.label.split('/').map((level) => ({ compiler: compiler.label, level }));
}

function matchOf(likeness: number | null): string {
  if (likeness === null) return 'does not compile alone';
  if (likeness === 1) return 'compiles to the same code';
  return `compiled again, ${percent(likeness)} of the code is alike`;
}

/** Each line printable. */
function linesOf(text: string): string {
  const lines = text.split('\n');
  const shown = lines.slice(0, MOST_LINES).map((line) => {
    const isTable = DATA.test(line) && line.length > TABLE;
    return isTable ? `${sanitize(line.slice(0, TABLE))} … };` : sanitize(line, LONGEST_LINE);
  });
  return [...shown, ...(lines.length > MOST_LINES ? ['…'] : [])].join('\n');
}
