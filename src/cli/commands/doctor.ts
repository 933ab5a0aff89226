/** `binscribe doctor`: what is installed, what is missing, and the command that gets it. */

import { Command } from 'commander';
import type { Session } from '../session.ts';

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
      const { examineMachine } = await import('../doctor.ts');
      await examineMachine(options, session);
    });
}
