/** `binscribe study …`: figures measured on programs and data sets. */

import { Command, Option } from 'commander';
import { ATTEMPTS, LONGEST_ANSWER, PATIENCE } from '../../chat/limits.ts';
import { DEVICES } from '../../nn/runtime.ts';
import type { AskStudyFlags } from '../ask-study.ts';
import type { ChatFlags } from '../chat/endpoint.ts';
import type { ContraBinFlags } from '../contrabin.ts';
import type { DatasetsFlags } from '../datasets.ts';
import type { DraftsFlags } from '../drafts.ts';
import type { KnownStudyFlags } from '../known-study.ts';
import type { LabelStudyFlags } from '../labels-study.ts';
import {
  collect,
  LEARNED,
  MEANING_MODEL,
  multipleOfFour,
  notNegative,
  positive,
  positives,
  shares,
} from '../options.ts';
import type { PredictFlags } from '../predict.ts';
import type { ResultFlags } from '../result.ts';
import type { Session } from '../session.ts';
import type { StartsFlags } from '../starts.ts';
import type { SweepFlags } from '../sweep/command.ts';
import { DEFAULT_PLACES } from '../sweep/places.ts';

const STARTS_HELP = `
Examples:
  $ binscribe corpus build corpora/first.json -o data/first
  $ binscribe study starts -o results/function-starts
  $ binscribe study starts --no-unwind-tables --package inetutils -o results/function-starts-no-unwind`;

const SWEEP_HELP = `
Examples:
  $ binscribe study sweep -o results/sweep
  $ binscribe study sweep /usr/sbin /opt/tool/bin -o /tmp/sweep --jobs 2

The default places are ${DEFAULT_PLACES.join(' and ')}. What is done is kept in PATH.partial.jsonl: a
sweep that was stopped, or killed, goes on where it was when the same command is given again.`;

const CHAT_HELP = `
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

const DATASETS_HELP = `
Examples:
  $ binscribe study datasets studies/edc-controls.json --data ../shared/data -o results/edc-controls

A list names sets of rows, two fields of each, and how to embed them:
  {"sets": [{"name": "pairs", "rows": "pairs.jsonl", "input": "code", "output": "text",
             "embedders": [{"input": {"embedder": "words"}, "output": {"embedder": "words"}}]}]}
"rows" is a data set folder, JSON lines, a table, or Posts.xml of a Stack Exchange dump (title, body, tags, score).
A set may also have "columns" and "delimiter" of its table, "least" ({"score": 4}: rows with a number of at least so
much), "divide" (a field's first line and the rest as two fields), "program" (its functions' code joins the rows by
name), "group" (fields that rows share which were made of one thing), "reason" (why it is in the list) and "limits"
(what its figure cannot tell). A set whose files are not there is left out, and the table says so. What is done is
kept in PATH.partial.jsonl: the same command goes on where it was stopped.`;

const PREDICT_HELP = `
Examples:
  $ binscribe study predict studies/predict.json --data data -o results/predict
  $ binscribe study predict studies/predict.json --data data -o /tmp/try --seeds 1 --shares 0,1 --steps 100 --limit 500

A list as of \`study datasets\`; of a set's embedders the first count. Of each set the texts of a share of its items
are exchanged for others, and from what that makes two explainers learn: the text of the nearest input, and a small
sequence model trained from nothing. Both are asked about items held out, whose texts are as they were: by the set's
split, or a fifth of it where it has none, never code that was trained on. PATH.html has the scores against the EDC of
what was learned from. What is done is kept in PATH.partial.jsonl: the same command goes on where it was stopped.`;

const LENGTHS_HELP = `
Examples:
  $ binscribe study lengths data/functions data/anghabench -o results/lengths

Rows that are no normalised duplicate count. A token is a run of letters, digits and _, or another mark by itself, in
source, assembly, LLVM IR and text alike. PATH.svg has the histograms.`;

const CONTRABIN_HELP = `
Examples:
  $ binscribe study contrabin studies/contrabin.json -o results/contrabin
  $ binscribe study contrabin studies/contrabin.json --question names --variant full --variant without
  $ binscribe study contrabin studies/contrabin.json --variant within --export models/meaning
  $ binscribe study contrabin studies/meaning.json --runs runs/meaning --variant named \\
      --question summaries-alone --export models/writer

A study has a recipe of pre-training, ways that differ from it in some values, and questions: retrieval and
classification of programs by what they solve, names of functions, of a list or in any words, summaries, and source.
Source that was written is compiled in the sandbox as the given code was and compared with it; with "reexecution", the
path of Decompile-Eval's file, it is also run against unit tests, of functions that nothing may have been learned from.

With "embeddings" functions of a data set are shown on maps, in PATH.svg, as each way embeds them before it is tuned.

Each way is trained from each of its seeds and then tuned for each question, or for those that it names, some from fewer
seeds ("questions": ["names", { "name": "source", "seeds": [1] }]), and judged beside baselines on packages or
problems that nothing was learned from. Every training has a folder in --runs, with its curves: a study that was stopped,
or killed, goes on when the same command is given again, and comes to the same numbers.

--export makes the pre-training of one variant, or takes it where it is done, and writes a model of meaning: both
encoders, calibrated on the validation packages, with card.md and manifest.json, from its first seed unless one is named.
No question is asked then. With one --question of summaries it writes a model of summaries instead: the writer of that
question, tuned or taken where it is done, with what makes its likelihoods probabilities. Its "neighbours" have 0 hints:
a program has no texts to look up.

An encoder ("network" of code, "anchor" of sources and comments) has sizes of its own, or begins as a folder of RoBERTa,
CodeBERT or GraphCodeBERT: { "kind": "folder", "path": "DIR" }, with config.json, model.safetensors and tokenizer.json.
studies/contrabin-paper.json is of that size, for --device cuda.`;

const ASK_HELP = `
Examples:
  $ binscribe study ask data/crowd -o results/ask
  $ binscribe study ask data/crowd --build "gcc-12 O2" --model models/meaning

Each comment on a function of a test package is a question about the program that the function is in, in each of its
builds: recall@1, recall@10 and MRR of the right function among all of the program, with 95 % intervals over packages,
beside the network alone, the lexicon alone, a search for words in strings and names of imports, and chance.`;

const LABELS_HELP = `
Examples:
  $ binscribe study labels studies/labels.json -o results/labels
  $ binscribe study labels studies/labels.json --model models/meaning --json

Who sorted a program's source into files has often sorted it by what functions do. A list says which files are of which
label, by package and regular expression:
  {"dataset": "data/crowd", "places": [{"label": "mathematics", "package": "musl", "files": "^src/math/"}]}
Of the test side's functions those in files of one label are held against those of the others: how often they stand
higher, beside the words that they share with the label's sentences, and how many of the labels given are right.`;

const CAPABILITIES_HELP = `
Examples:
  $ binscribe study capabilities data/crowd -o results/capabilities

What code tells by itself needs no model, and no score. That a number in it is an algorithm's may still be chance: of each
algorithm the functions are counted that have its numbers, and how many of them, their files or their packages are named
after it. Tables in data are not in a data set, and not judged.`;

const KNOWN_HELP = `
Examples:
  $ binscribe study known data/crowd -o results/known
  $ binscribe study known data/crowd --library /usr/lib/x86_64-linux-gnu/libz.a \\
      --stranger /usr/lib/x86_64-linux-gnu/libexpat.a -o results/known

The functions of the test packages, and of static libraries, whose members \`ld -r\` puts together, are named by the encoder by
itself and with what it knows besides. Of a --library the source is known, of a --stranger nothing is.`;

const DRAFTS_HELP = `
Examples:
  $ binscribe study drafts ../shared/data/llm4decompile/decompile-eval.json -o results/drafts

The problems of Decompile-Eval are C functions with unit tests. Each reference is compiled and tested in the sandbox at
each level; so are functions that do nothing, which shows the tests that decide nothing. Then the reference stands among
other problems' functions, and among near misses of itself, and the one whose code is the likest to the target's is
taken, with the compiler and level of the target and with others. What is done is kept in PATH.partial.jsonl: the same
command goes on where it was stopped.`;

/** Seconds: the budget of `explain` ends after 600, and what goes on after that has left it. */
const SWEEP_LIMIT = 900;

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

function startsCommand(session: Session): Command {
  return new Command('starts')
    .description(
      'Strip every program that `corpus build` has kept; compare the functions found with its symbols.',
    )
    .option('--work <dir>', 'working folder of `corpus build`', 'work/corpus')
    .option('--no-unwind-tables', 'strip the unwind tables too')
    .option('--package <name>', 'only programs of this package; may be repeated', collect)
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', STARTS_HELP)
    .action(async (flags: StartsFlags) => {
      const { studyStarts } = await import('../starts.ts');
      await studyStarts(flags, session);
    });
}

function sweepCommand(session: Session): Command {
  return new Command('sweep')
    .description('Explain every ELF file of the machine, or of the places named; count times and failures.')
    .argument('[places...]', 'files, folders, and patterns as /usr/lib/*.so*')
    .requiredOption('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--model <dir>', 'model folder (default: the one that comes with binscribe)')
    .option('--jobs <number>', 'programs at a time; more than one makes each slower', positive, 1)
    .option('--limit <seconds>', 'give a program up after this', positive, SWEEP_LIMIT)
    .option('--json', 'print JSON')
    .addHelpText('after', SWEEP_HELP)
    .action(async (named: string[], flags: SweepFlags) => {
      const { studySweep } = await import('../sweep/command.ts');
      await studySweep(named, flags, session);
    });
}

function chatCommand(session: Session): Command {
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
    .addHelpText('after', CHAT_HELP)
    .action(async (data: string, flags: ChatFlags) => {
      const { studyChat } = await import('../chat/command.ts');
      await studyChat(data, flags, session);
    });
}

function lengthsCommand(session: Session): Command {
  return new Command('lengths')
    .description("Plot how long source, disassembly, LLVM IR and text of data sets' rows are, in tokens.")
    .argument('<data...>', 'folders of data sets')
    .option('-o, --output <path>', 'write PATH.json, PATH.md and PATH.svg')
    .option('--json', 'print JSON')
    .addHelpText('after', LENGTHS_HELP)
    .action(async (directories: string[], flags: ResultFlags) => {
      const { studyLengths } = await import('../lengths.ts');
      await studyLengths(directories, flags, session);
    });
}

function labelsCommand(session: Session): Command {
  return new Command('labels')
    .description('Do zero-shot labels tell what functions do, as the files tell that they were written in?')
    .argument('<study>', 'JSON file that says which files are of which label')
    .option(...MEANING_MODEL)
    .option(...LEARNED)
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', LABELS_HELP)
    .action(async (study: string, flags: LabelStudyFlags) => {
      const { studyLabelsOf } = await import('../labels-study.ts');
      await studyLabelsOf(study, flags, session);
    });
}

function capabilitiesCommand(session: Session): Command {
  return new Command('capabilities')
    .description('Is what code tells by itself what programmers call it?')
    .argument('<data...>', 'folders of data sets')
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', CAPABILITIES_HELP)
    .action(async (folders: string[], flags: ResultFlags) => {
      const { studyCapabilitiesOf } = await import('../capabilities-study.ts');
      await studyCapabilitiesOf(folders, flags, session);
    });
}

function knownCommand(session: Session): Command {
  return new Command('known')
    .description(
      'Are functions of libraries recognised inside other programs, and what is told of them right?',
    )
    .argument('<data>', 'folder of a data set; of it the test side')
    .option('--known <dir>', 'another folder of known functions; may be repeated', collect)
    .option('--library <file>', 'a static library whose functions are known; may be repeated', collect)
    .option('--stranger <file>', 'one whose functions are not; may be repeated', collect)
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', KNOWN_HELP)
    .action(async (folder: string, flags: KnownStudyFlags) => {
      const { studyKnown } = await import('../known-study.ts');
      await studyKnown(folder, flags, session);
    });
}

function draftsCommand(session: Session): Command {
  return new Command('drafts')
    .description(
      'How well unit tests and the likeness of code tell right drafts of a function from wrong ones.',
    )
    .argument('<file>', 'decompile-eval.json of LLM4Decompile')
    .requiredOption('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--compiler <name>', 'what targets are compiled with', 'gcc-12')
    .option('--other <name>', 'the one that candidates are compiled with besides', 'clang-14')
    .option('--rivals <number>', 'wrong sources beside each right one', positive, 9)
    .option('--seed <number>', 'of everything that is drawn', positive, 1)
    .option('--limit <number>', 'take only the first problems', positive)
    .option('--json', 'print JSON')
    .addHelpText('after', DRAFTS_HELP)
    .action(async (file: string, flags: DraftsFlags) => {
      const { studyDrafts } = await import('../drafts.ts');
      await studyDrafts(file, flags, session);
    });
}

function datasetsCommand(session: Session): Command {
  return new Command('datasets')
    .description('Embedding Distance Correlation of several sets of pairs, each beside its shuffled twin.')
    .argument('<list>', 'JSON file that names the sets')
    .option('--data <dir>', "folder that the list's paths start from (default: where the list lies)")
    .requiredOption('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--limit <number>', 'items of a set; of more a sample is taken', positive, 10_000)
    .option('--resamples <number>', 'of the bootstrap, and shuffles', positive, 200)
    .option('--seed <number>', 'of everything that is drawn', positive, 1)
    .option('--json', 'print JSON')
    .addHelpText('after', DATASETS_HELP)
    .action(async (list: string, flags: DatasetsFlags) => {
      const { studyDatasets } = await import('../datasets.ts');
      await studyDatasets(list, flags, session);
    });
}

function predictCommand(session: Session): Command {
  return new Command('predict')
    .description('Does EDC tell what a set teaches? Train explainers on sets of known and spoiled quality.')
    .argument('<list>', 'JSON file that names the sets')
    .option('--data <dir>', "folder that the list's paths start from (default: where the list lies)")
    .requiredOption('-o, --output <path>', 'write PATH.html, PATH.json and PATH.md')
    .option('--shares <list>', 'of the texts to exchange', shares, [0, 0.25, 0.5, 0.75, 1])
    .option('--seeds <number>', 'trainings of each share, which differ in their seed', positive, 3)
    .option('--limit <number>', 'items to learn from', positive, 3000)
    .option('--held-out <number>', 'items to ask about', positive, 300)
    .option('--steps <number>', 'of the sequence model', positive, 1500)
    .option('--width <number>', 'of the sequence model: four heads share it', multipleOfFour, 96)
    .option('--resamples <number>', 'of the bootstrap, and shuffles', positive, 100)
    .option('--seed <number>', 'the first seed; the others follow it', positive, 1)
    .option('--json', 'print JSON')
    .addHelpText('after', PREDICT_HELP)
    .action(async (list: string, flags: PredictFlags) => {
      const { studyPredict } = await import('../predict.ts');
      await studyPredict(list, flags, session);
    });
}

function askStudyCommand(session: Session): Command {
  return new Command('ask')
    .description(
      "Ask people's comments of test programs: how often `ask` finds the function they were written for.",
    )
    .argument('<data>', 'folder of a data set with comments')
    .option(...MEANING_MODEL)
    .option(
      '--build <name>',
      'only programs by this compiler at this level, "gcc-12 O2"; may be repeated',
      collect,
    )
    .option(...LEARNED)
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', ASK_HELP)
    .action(async (data: string, flags: AskStudyFlags) => {
      const { studyQuestions } = await import('../ask-study.ts');
      await studyQuestions(data, flags, session);
    });
}

function contraBinCommand(session: Session): Command {
  return new Command('contrabin')
    .description('Pre-train encoders of code by contrast, tune them for questions, and compare the ways.')
    .argument('<study>', 'JSON file of the study')
    .option('--runs <dir>', 'folder of its trainings', 'runs/contrabin')
    .option('--question <name>', 'only this question; may be repeated', collect)
    .option('--variant <name>', 'only this way of pre-training; may be repeated', collect)
    .option('--seed <number>', 'only from this seed; may be repeated', positives)
    .addOption(new Option('--device <name>', 'what computes the trainings').choices(DEVICES).default('cpu'))
    .option('--export <dir>', 'instead: write the model of one --variant here; of --question: its summaries')
    .option('-o, --output <path>', 'write PATH.json and PATH.md')
    .option('--json', 'print JSON')
    .addHelpText('after', CONTRABIN_HELP)
    .action(async (study: string, flags: ContraBinFlags) => {
      const { studyContraBin } = await import('../contrabin.ts');
      await studyContraBin(study, flags, session);
    });
}
