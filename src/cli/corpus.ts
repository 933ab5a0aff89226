/** What `binscribe corpus …` does: builds and shows data sets. */

import { resolve } from 'node:path';
import { BinscribeError } from '../error.ts';
import {
  buildCorpus,
  manifestHash,
  readManifest,
  readRecipe,
  renderCard,
  renderSummary,
  summarize,
  type BuildProgress,
  type BuildTimes,
} from '../corpus/index.ts';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { locked } from '../runtimes/lock.ts';
import { keep } from './result.ts';
import { type Session, widthOf } from './session.ts';

export interface BuildFlags {
  input?: string;
  output?: string;
  work: string;
  jobs?: number;
  unsafeNoSandbox?: boolean;
  summary?: string;
  json?: boolean;
}

export interface ShowFlags {
  json?: boolean;
}

/** Builds the data set of a recipe until it is there or Ctrl-C is pressed. */
export async function buildDataset(path: string, flags: BuildFlags, session: Session): Promise<void> {
  const recipe = readRecipe(path);
  const out = flags.output ?? `data/${recipe.name}`;
  if (flags.summary !== undefined && 'source' in recipe && recipe.source.kind !== 'project') {
    throw new BinscribeError(
      'usage',
      `--summary: a recipe of packages or of a project expected, got ${recipe.name}, whose source is ${recipe.source.kind}`,
      { hint: 'The card of such a data set has its failures by cause: `binscribe corpus show DIR`.' },
    );
  }
  const interruption = new AbortController();
  let times: BuildTimes | undefined;
  const interrupt = () => interruption.abort();
  const build = () =>
    buildCorpus(recipe, {
      out,
      workDir: flags.work,
      ...(flags.input !== undefined && { input: flags.input }),
      ...(flags.jobs !== undefined && { jobs: flags.jobs }),
      unsafeNoSandbox: flags.unsafeNoSandbox ?? false,
      onProgress: teller(session),
      onTimes: (found) => (times = found),
      signal: interruption.signal,
    });
  process.once('SIGINT', interrupt);
  try {
    // Beside the folder, which is replaced as a whole.
    const manifest = await locked(`${resolve(out)}.lock`, { place: out, doing: 'builds here' }, build);
    if (flags.summary !== undefined && times) {
      const summary = summarize(manifest, manifestHash(out), times);
      await keep(flags.summary, renderSummary(summary), renderJson(summary));
    }
    if (flags.json) print(session, renderJson(manifest));
    else session.stdout.write(renderCard(manifest));
  } finally {
    process.off('SIGINT', interrupt);
  }
}

export function showDataset(directory: string, flags: ShowFlags, session: Session): void {
  const manifest = readManifest(directory);
  if (flags.json) print(session, renderJson(manifest));
  else session.stdout.write(renderCard(manifest));
}

function print(session: Session, pieces: Iterable<string>): void {
  for (const piece of pieces) session.stdout.write(piece);
}

/** Milliseconds between two lines in a log; a terminal's one line is rewritten each time. */
const LOG_PAUSE = 5000;

/** Tells progress on standard error. */
function teller(session: Session): (progress: BuildProgress) => void {
  const { stderr } = session;
  let last = 0;
  return ({ done, total, unit, failed, step, left }) => {
    const now = performance.now();
    if (!stderr.isTTY && done !== total && now - last < LOG_PAUSE) return;
    last = now;
    const failures = failed > 0 ? `, ${failed} failed` : '';
    const forecast = left === undefined ? '' : `, ${Math.ceil(left / 60_000)} min left`;
    const count = total === undefined ? `${done}` : `${done} of ${total}`;
    const text = sanitize(`${count} ${unit}${failures}${forecast}: ${step}`, widthOf(stderr) - 1);
    stderr.write(stderr.isTTY ? `\r\u001b[K${text}${done === total ? '\n' : ''}` : `${text}\n`);
  };
}
