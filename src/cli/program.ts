/** The command line: its commands, and what leaves it where one fails. */

import { Command, type CommanderError } from 'commander';
import { BinscribeError } from '../error.ts';
import { VERSION } from '../version.ts';
import { askCommand } from './commands/ask.ts';
import { corpusCommand } from './commands/corpus.ts';
import { edcCommand } from './commands/edc.ts';
import { doctorCommand } from './commands/doctor.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { explainCommand } from './commands/explain.ts';
import { tellFailure } from './failure.ts';
import { functionsCommand } from './commands/functions.ts';
import { knownCommand } from './commands/known.ts';
import type { Session } from './session.ts';
import { studyCommand } from './commands/study/index.ts';
import { trainCommand } from './commands/train.ts';

const START = `
Start with:
  $ binscribe explain /bin/ls
  $ binscribe doctor`;

/** In the order in which help lists them: the main job first. */
const COMMANDS = [
  explainCommand,
  functionsCommand,
  askCommand,
  knownCommand,
  corpusCommand,
  edcCommand,
  trainCommand,
  evaluateCommand,
  studyCommand,
  doctorCommand,
];

/**
 * Runs one command line, `argv` without the interpreter and the script.
 * @returns the exit code, see error.ts
 */
export async function main(argv: readonly string[], session: Session): Promise<number> {
  const program = new Command('binscribe')
    .description('Reads a compiled program and explains it: what its functions are, and why it thinks so.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', START);
  for (const make of COMMANDS) program.addCommand(make(session));
  for (const command of withDescendants(program)) speakThrough(command, session);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return session.status;
  } catch (error) {
    const code = tellFailure(error, session);
    return session.status || code;
  }
}

function withDescendants(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withDescendants)];
}

/** Lets `command` write to the session's streams and throw where it would end the process. */
function speakThrough(command: Command, session: Session): void {
  command
    .exitOverride((error: CommanderError) => {
      // Help and version are an answer; without arguments commander has shown the help already.
      throw error.exitCode === 0 || error.code === 'commander.help' ? error : misuseOf(command, error);
    })
    .configureOutput({
      writeOut: (text) => session.stdout.write(text),
      writeErr: (text) => session.stderr.write(text),
      // The failure is told once, by us.
      outputError: () => undefined,
    });
}

/** A command line that makes no sense to `command`, with where to look. */
function misuseOf(command: Command, error: CommanderError): BinscribeError {
  const names: string[] = [];
  for (let at: Command | null = command; at; at = at.parent) names.unshift(at.name());
  const help = `\`${names.join(' ')} --help\``;
  let hint = `${help} says how to call it.`;
  if (command.commands.length > 0) hint = `${help} lists the commands.`;
  if (command.parent === null) hint += ' To explain a program: `binscribe explain FILE`.';
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  return new BinscribeError('usage', message, { hint, cause: error });
}
