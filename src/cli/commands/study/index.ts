/** `binscribe study …`: figures measured on programs and data sets, a file for each. */

import { Command } from 'commander';
import type { Session } from '../../session.ts';
import { askStudyCommand } from './ask.ts';
import { capabilitiesCommand } from './capabilities.ts';
import { chatCommand } from './chat.ts';
import { contraBinCommand } from './contrabin.ts';
import { datasetsCommand } from './datasets.ts';
import { draftsCommand } from './drafts.ts';
import { knownCommand } from './known.ts';
import { labelsCommand } from './labels.ts';
import { lengthsCommand } from './lengths.ts';
import { predictCommand } from './predict.ts';
import { startsCommand } from './starts.ts';
import { sweepCommand } from './sweep.ts';

export function studyCommand(session: Session): Command {
  return new Command('study')
    .description('Measure on many programs, data sets and functions: reader, texts, language models.')
    .addCommand(startsCommand(session))
    .addCommand(sweepCommand(session))
    .addCommand(datasetsCommand(session))
    .addCommand(lengthsCommand(session))
    .addCommand(predictCommand(session))
    .addCommand(contraBinCommand(session))
    .addCommand(askStudyCommand(session))
    .addCommand(labelsCommand(session))
    .addCommand(capabilitiesCommand(session))
    .addCommand(knownCommand(session))
    .addCommand(draftsCommand(session))
    .addCommand(chatCommand(session));
}
