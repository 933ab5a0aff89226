/** `binscribe doctor`: what is installed, what is missing, and the command that gets it. */

import { EXIT_CODES } from '../error.ts';
import { layOut } from '../explain/render/columns.ts';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { VERSION } from '../version.ts';
import { type Check, checkMachine, type Job, JOBS } from './doctor-checks.ts';
import { type Session, widthOf } from './session.ts';
import { styleFor } from './style.ts';

const DOCTOR_SCHEMA = 'binscribe.doctor/1';

/** Tells what is there; the session's status says whether programs can be explained. */
export async function examineMachine(options: { json?: boolean }, session: Session): Promise<void> {
  const checks = await checkMachine(session);
  const ok = able(checks, 'explain');
  if (options.json) {
    const tool = { name: 'binscribe', version: VERSION };
    for (const piece of renderJson({ schema: DOCTOR_SCHEMA, tool, ok, checks })) session.stdout.write(piece);
  } else {
    session.stdout.write(textOf(checks, session));
  }
  if (!ok) session.status = EXIT_CODES.missing;
}

function able(checks: readonly Check[], job: Job): boolean {
  return checks.every((check) => check.ok || !check.jobs.includes(job));
}

function textOf(checks: readonly Check[], session: Session): string {
  const style = styleFor(session.stdout, session.env);
  const columns = [
    { title: '', align: 'left', most: 9 },
    { title: '', align: 'left', most: 20 },
    { title: '', align: 'left', most: 40 },
    { title: '', align: 'left', most: Number.POSITIVE_INFINITY },
  ] as const;
  const rows = checks.map((check) => [
    check.ok ? { text: '  ok', paint: style.known } : { text: '  MISSING', paint: style.warning },
    { text: check.name },
    { text: sanitize(check.found) },
    { text: check.purpose, paint: style.faint },
  ]);
  const table = layOut(columns, rows, widthOf(session.stdout), style.heading).slice(1);
  const lines: string[] = [];
  for (const job of Object.keys(JOBS) as Job[]) {
    const needed = table.filter((_, at) => checks[at].jobs.includes(job));
    lines.push(style.heading(JOBS[job]), ...needed, ...advice(checks, job), '');
  }
  return lines.join('\n');
}

/** How to get what `job` lacks; nothing where it has all. */
function advice(checks: readonly Check[], job: Job): string[] {
  const missing = checks.filter((check) => !check.ok && check.jobs.includes(job));
  if (missing.length === 0) return [];
  const steps = missing.flatMap(({ repair }) => (repair === null ? [] : [repair]));
  const packages = missing.flatMap((check) => (check.repair === null ? check.packages : []));
  if (packages.length > 0) {
    const names = [...new Set(packages)].join(' ');
    steps.push(`as root: apt-get update && apt-get install -y --no-install-recommends ${names}`);
  }
  return steps.map((step) => `  To get it: ${step}`);
}
