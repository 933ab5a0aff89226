/** `binscribe corpus …`: makes data sets from packages, projects, collections of code and ready programs, and judges them. */

import { Command, Option } from 'commander';
import { ATTEMPTS, PATIENCE } from '../../chat/limits.ts';
import type { BuildFlags, ShowFlags } from '../corpus.ts';
import type { CheckFlags } from '../corpus-check.ts';
import type { DescribeFlags } from '../describe.ts';
import { notNegative, percentage, positive, similarity } from '../options.ts';
import type { Session } from '../session.ts';

export function corpusCommand(session: Session): Command {
  return new Command('corpus')
    .description(
      'Make data sets of functions from Debian source packages, projects, collections of code or ready programs, and judge them.',
    )
    .addCommand(buildCommand(session))
    .addCommand(checkCommand(session))
    .addCommand(describeCommand(session))
    .addCommand(showCommand(session));
}

const BUILD_HELP = `
Examples:
  $ binscribe corpus build corpora/first.json
  $ binscribe corpus build zlib.json --input zlib-1.3.tar.gz
  $ binscribe corpus build corpora/anghabench.json --input anghabench-leaves.jsonl.gz
  $ binscribe corpus build corpora/libc.json
  $ duckdb -c "select compiler, optimization, count(*) from 'data/first/data/*.parquet' group by all"

A recipe names Debian source packages for training and for testing, compilers and levels:
  {"name": "mine", "train": ["hello"], "test": ["sed"], "compilers": ["gcc-12"], "levels": ["O0", "O2"]}

A recipe with the \`source\` "project" is of one repository, a folder or a tar archive that --input names. It is built as
packages are, or by the recipe's own script, "build": "make -C src CC=cc". The project's name decides its side:
  {"name": "zlib", "source": {"kind": "project", "name": "zlib", "version": "1.3", "licence": "Zlib"},
   "testShare": 0.2, "compilers": ["clang-19"], "levels": ["O0", "O2"], "ir": true}
Beside its programs the working folder keeps stripped twins, objects and LLVM IR: units/*/{stripped,objects,ir}.

A recipe with another \`source\` is of a collection of single texts of code, each compiled on its own. --input says where it
is, so that a recipe holds on every machine:
  {"name": "posts", "source": {"kind": "posts", "tags": ["c", "c++"]}, "testShare": 0.2,
   "compilers": ["gcc-12", "clang-14"], "levels": ["O0", "O2"]}
  functions    a folder of .c files or a .jsonl(.gz), one function each; text: the function's name
  poj104       ProgramData.tar.gz; problems 81 to 104 are for testing, so there is no testShare
  humaneval    a folder with humaneval/ and llm4decompile/; text: the problem
  markdown     a folder of TOPIC/PAGE.md, "topics": ["c"]; text: heading and prose before the code
  posts        Posts.xml of a Stack Exchange dump, "tags": ["c"]; text: title and prose, with author and licence
"sample": 0.1 takes a tenth of it.

"ir": true, in any recipe, adds LLVM IR to the rows of clang, and compiles twice for it.
"lifted": true, in any recipe, adds a draft of the source that rules make of each function's machine code.

A recipe of ready programs compiles nothing: every function with a symbol or debug information becomes a row, and its
text is the summary of the manual page that names it. Paths are absolute, or inside of --input:
  {"name": "libc", "source": {"kind": "programs", "files": ["/usr/lib/x86_64-linux-gnu/libc.a"],
   "manual": "/usr/share/man"}, "testShare": 0.2}
All functions that the manual says the same of lie on one side; "splitBy": "program" puts all of a program or a member on one instead.

A package that cannot be built, or a program that cannot be read, is listed in the data set's card, and the rest goes on.
What is built is kept in the working folder: a run that was stopped goes on where it was. \`binscribe doctor\` says what
the machine lacks.`;

const CHECK_HELP = `
Examples:
  $ binscribe corpus check data/first
  $ binscribe corpus check data/first --max-near 5 --max-source 5
  $ binscribe corpus check data/functions -o results/leakage-functions

A row of the test side leaks where training has the same code, the same but for addresses, a similar one, or a
function of the same name and text, at whichever compiler and level. The bars are for the test side's rows without
duplicates. Exit code 5 where the data set is damaged, a package lies on both sides, or a bar is passed.`;

const DESCRIBE_HELP = `
Examples:
  $ binscribe corpus describe data/functions -o data/functions-codet5 --t5 codet5-base-multi-sum
  $ binscribe corpus describe data/posts -o data/posts-machine --url http://127.0.0.1:8080/v1 --model NAME
  $ binscribe corpus describe data/first -o data/first-machine --url … --model NAME --from both --limit 2000
  $ binscribe corpus describe data/first -o data/first-machine --cost-only --price-sent 0.5 --price-received 1.5

The data set comes out whole, with the same rows and split; the new texts are of the kind "machine", their author is
the model. A folder of --t5 is as transformers' save_pretrained writes it, with model.safetensors and tokenizer.json.
Nothing is sent anywhere but to --url, and there only the question: a file of --question says {source} and {code},
the disassembly, where these go. The key is read from a variable of the environment and written nowhere.

Rows with the same source (or code) share a text. What was written is kept: a run that was stopped, or killed, goes on
when the same command is given again, and a larger --limit begins with the texts of a smaller one.`;

const SHOW_HELP = `
Examples:
  $ binscribe corpus show data/first`;

/** As in corpus/leakage/bars.ts and corpus/check.ts, which help need not load; a test compares them. */
export const CHECK_DEFAULTS = { bar: 0.1, similarity: 0.8 };

function buildCommand(session: Session): Command {
  return new Command('build')
    .description(
      'Build the packages or the project of a recipe, or compile its collection of code, in a sandbox, or read its programs; write the functions as a data set.',
    )
    .argument('<recipe>', 'recipe of a data set, a JSON file')
    .option(
      '-o, --output <dir>',
      'folder of the data set; one that is there is replaced (default: data/NAME of the recipe)',
    )
    .option(
      '--input <path>',
      'the project, the collection or the folder of programs, for a recipe with a `source`',
    )
    .option('--work <dir>', 'folder of what is kept between runs', 'work/corpus')
    .option('--jobs <number>', 'builds at once (default: one for each processor)', positive)
    .option('--unsafe-no-sandbox', "run the packages' build scripts with your rights")
    .option('--summary <path>', 'write PATH.json and PATH.md: builds, failures by cause, functions, time')
    .option('--json', 'print the manifest')
    .addHelpText('after', BUILD_HELP)
    .action(async (path: string, flags: BuildFlags) => {
      const { buildDataset } = await import('../corpus.ts');
      await buildDataset(path, flags, session);
    });
}

function checkCommand(session: Session): Command {
  const bar = (measure: string, what: string): Option =>
    new Option(`--max-${measure} <percent>`, `bar for ${what}`)
      .argParser(percentage)
      .default(CHECK_DEFAULTS.bar, `${100 * CHECK_DEFAULTS.bar}`);
  return new Command('check')
    .description('Read a data set through: is it whole, and how much of its test side leaks from training?')
    .argument('<dir>', 'folder of the data set')
    .addOption(bar('exact', 'the same code'))
    .addOption(bar('normalized', 'the same code but for addresses'))
    .addOption(bar('near', 'the same or similar code'))
    .addOption(bar('source', 'functions of the same name and text'))
    .option(
      '--similarity <number>',
      'Jaccard similarity of shingles that makes codes similar, 0.5 to 1',
      similarity,
      CHECK_DEFAULTS.similarity,
    )
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', CHECK_HELP)
    .action(async (directory: string, flags: CheckFlags) => {
      const { checkDataset } = await import('../corpus-check.ts');
      await checkDataset(directory, flags, session);
    });
}

function describeCommand(session: Session): Command {
  return new Command('describe')
    .description('Give the rows of a data set texts that a model makes of their source or code.')
    .argument('<dir>', 'folder of the data set')
    .requiredOption(
      '-o, --output <dir>',
      'folder of the data set with the new texts; one that is there is replaced',
    )
    .option('--t5 <dir>', 'folder of a T5 or CodeT5 that writes the texts')
    .option('--beams <number>', 'texts that it follows at once; 5 take five times as long as 1', positive, 1)
    .option('--url <address>', 'of an OpenAI-compatible server that writes them, up to and with /v1')
    .option(
      '--model <name>',
      'model, as the server calls it; of --t5 as rows shall call it (default: the folder)',
    )
    .addOption(
      new Option('--from <side>', 'what the model is shown of a row; code is disassembled')
        .choices(['source', 'code', 'both'])
        .default('source'),
    )
    .option('--question <file>', 'what to ask, with {source} or {code} in it, instead of --from')
    .option('--keep-texts', 'rows that have a text keep it')
    .option('--limit <number>', 'inputs at most: of more a sample', positive)
    .option('--longest <tokens>', 'of a text (default: 128 of --t5, 512 of --url)', positive)
    .option('--key-variable <name>', 'variable of the environment with the key, if any', 'BINSCRIBE_CHAT_KEY')
    .option('--jobs <number>', 'questions at a time', positive, 4)
    .option('--patience <seconds>', 'for one attempt', positive, PATIENCE / 1000)
    .option('--attempts <number>', 'at a question, where the server is busy or broken', positive, ATTEMPTS)
    .option('--cache <dir>', 'where answers are kept', 'work/describe')
    .option('--price-sent <price>', 'of a million tokens, in your currency', notNegative)
    .option('--price-received <price>', 'of a million tokens', notNegative)
    .option('--cost-only', 'print what is to be written, and what it would cost, and ask nothing')
    .option('--json', 'print the manifest')
    .addHelpText('after', DESCRIBE_HELP)
    .action(async (directory: string, flags: DescribeFlags) => {
      const { describeDataset } = await import('../describe.ts');
      await describeDataset(directory, flags, session);
    });
}

function showCommand(session: Session): Command {
  return new Command('show')
    .description('Print what a data set is made of.')
    .argument('<dir>', 'folder of the data set')
    .option('--json', 'print the manifest')
    .addHelpText('after', SHOW_HELP)
    .action(async (directory: string, flags: ShowFlags) => {
      const { showDataset } = await import('../corpus.ts');
      showDataset(directory, flags, session);
    });
}
