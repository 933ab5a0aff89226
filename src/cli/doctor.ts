/** `binscribe doctor`: what is installed, what is missing, and the command that gets it. */

import { Command } from 'commander';
import { EXIT_CODES } from '../error.ts';
import { layOut } from '../explain/render/columns.ts';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { VERSION } from '../version.ts';
import { type Check, checkMachine, type Job, JOBS } from './doctor-checks.ts';
import { type Session, widthOf } from './session.ts';
import { styleFor } from './style.ts';

const DOCTOR_SCHEMA = 'binscribe.doctor/1';

const EXAMPLES = `
Examples:
  $ binscribe doctor
  $ binscribe doctor --json | jq '.checks[] | select(.ok | not)'

Exit code 0 where programs can be explained, whatever else is missing; 7 where they cannot.`;

export function doctorCommand(session: Session): Command {
  return new Command('doctor')
    .description('Say what is installed, what is missing and how to get it.')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: { json?: boolean }) => {
      const checks = await checkMachine(session);
      const ok = able(checks, 'explain');
      if (options.json) {
        const tool = { name: 'binscribe', version: VERSION };
        for (const piece of renderJson({ schema: DOCTOR_SCHEMA, tool, ok, checks }))
          session.stdout.write(piece);
      } else {
        session.stdout.write(textOf(checks, session));
      }
      if (!ok) session.status = EXIT_CODES.missing;
    });
}

function able(checks: readonly Check[], job: Job): boolean {
  return checks.every((check) => check.ok || check.job !== job);
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
    lines.push(style.heading(JOBS[job]), ...table.filter((_, at) => checks[at].job === job), '');
  }
  lines.push(...advice(checks));
  return `${lines.join('\n')}\n`;
}

function advice(checks: readonly Check[]): string[] {
  const missing = checks.filter((check) => !check.ok);
  if (missing.length === 0) return ['Nothing is missing.'];
  const packages = [...new Set(missing.flatMap((check) => check.packages))];
  const commands = missing.flatMap((check) =>
    check.packages.length === 0 && check.repair !== null ? [check.repair] : [],
  );
  if (packages.length > 0) commands.push(`apt-get update && apt-get install -y ${packages.join(' ')}`);
  const state = able(checks, 'explain')
    ? 'Programs can be explained; only what is marked above lacks something. To get it, as root:'
    : 'Programs cannot be explained yet. To get what is missing, as root:';
  return [state, ...commands.map((command) => `  ${command}`)];
}
