import { Command } from 'commander';
import { ATTEMPTS, LONGEST_ANSWER, PATIENCE } from '../../../chat/limits.ts';
import type { ChatFlags } from '../../chat/endpoint.ts';
import { notNegative, positive } from '../../options.ts';
import type { Session } from '../../session.ts';

const HELP = `
Examples:
  $ binscribe study chat data/functions --baselines-only -o results/chat-baselines
  $ binscribe study chat data/functions --cost-only --price-sent 0.5 --price-received 1.5
  $ binscribe study chat data/functions --url http://127.0.0.1:8080/v1 --model NAME -o work/chat-NAME
  $ binscribe study chat data/functions --url … --model NAME --save texts.jsonl

Functions of the test packages that have a human text are drawn, duplicates and leaks left out, each in one build.
Their disassembly is sent to URL/chat/completions with the question, and nothing else is, nor to anybody else. A file
of --question says {code} where the disassembly goes. Answers are scored by BLEU-4, GLEU, ROUGE-2, ROUGE-L, METEOR and
exact match, with 95 % intervals over packages, beside what costs nothing: the text of the nearest training function
and others. The key is read from a variable of the environment and written nowhere.

Answers are kept as they come: a study that was stopped, or killed, goes on when the same command is given again, and
a larger --functions begins with those of a smaller one. --save writes a line of JSON for each answer, with the row
that it belongs to, the model, and "origin": "machine".`;

export function chatCommand(session: Session): Command {
  return new Command('chat')
    .description(
      'Ask a language model what functions do; compare its answers with what humans wrote of them.',
    )
    .argument('<data>', 'folder of a data set with texts')
    .option('--url <address>', 'of an OpenAI-compatible server, up to and with /v1')
    .option('--model <name>', 'model, as the server calls it')
    .option('--functions <number>', 'functions to ask about', positive, 200)
    .option('--seed <number>', 'of everything that is drawn', positive, 1)
    .option('--most-instructions <number>', 'leave longer functions out', positive, 512)
    .option(
      '--question <file>',
      'what to ask, with {code} in it (default: for a comment of one to three sentences)',
    )
    .option('--key-variable <name>', 'variable of the environment with the key, if any', 'BINSCRIBE_CHAT_KEY')
    .option('--jobs <number>', 'questions at a time', positive, 4)
    .option('--longest <tokens>', 'of an answer', positive, LONGEST_ANSWER)
    .option('--patience <seconds>', 'for one attempt', positive, PATIENCE / 1000)
    .option('--attempts <number>', 'at a question, where the server is busy or broken', positive, ATTEMPTS)
    .option('--cache <dir>', 'where answers are kept', 'work/chat')
    .option('--price-sent <price>', 'of a million tokens, in your currency', notNegative)
    .option('--price-received <price>', 'of a million tokens', notNegative)
    .option('--cost-only', 'print what it would take, and ask nothing')
    .option('--baselines-only', 'score only what costs nothing, and ask nothing')
    .option('--save <file>', 'write the answers as lines of JSON')
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (data: string, flags: ChatFlags) => {
      const { studyChat } = await import('../../chat/command.ts');
      await studyChat(data, flags, session);
    });
}
