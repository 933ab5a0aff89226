/** The card of a model folder of summaries: what it is, how far it can be believed, what it learned from. */

import type { Certainty } from '../../models/summaries/certainty.ts';
import { count } from '../../numbers.ts';
import type { JudgedSide, SummariesManifest } from './summaries.ts';

export interface SummariesCardFacts {
  readonly manifest: SummariesManifest;
  /** What was learned from: `gzip 1.12-1`. */
  readonly packages: readonly string[];
  readonly certainty: Certainty;
  /** The model's files, for their sizes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export function summariesCard({ manifest, packages, certainty, files }: SummariesCardFacts): string {
  const { question, variant, seed, learned, training, precision, validation, test } = manifest;
  const { longestCode, longestText, longestHints, layers } = question.decoder;
  const { weights, intercept, threshold } = certainty;
  const best = (100 * validation['share of what is said that is right']).toFixed(0);
  return `# summaries

A sentence about what a function of an x86-64 program does, for \`binscribe explain\`, where one can be said.

## How

- An encoder of normalised assembly and a decoder of ${layers} layers (question \`${question.name}\` of a study; way of pre-training \`${variant}\`, seed ${seed}), which has learned from comments above functions of C. It looks at the code and at words that are said in it, strings and names of imports, which it can copy.
- Of a function the first 512 instructions are read, and of these ${longestCode} tokens, of what is said in them ${longestHints}; a summary has ${longestText} at most. The likeliest of five beams is taken.
- Weights of matrices are signed bytes with a scale for each row; all figures below are of these.
- **A summary is called right** if it says about the same as the programmer's: of the content words of the text that has fewer (no stop words, stems), at least half are in the other, and at least two; or both have the same. That is a rough measure: words can be the same and the sentence wrong, and other words can say the same.
- **Scores**: the probability that a summary is right in this sense, by a logistic curve over the likelihood of its tokens (${weights.likelihood.toFixed(3)}), how far the next other beam is behind (${weights.margin.toFixed(3)}), the logarithms of the number of instructions (${weights.instructions.toFixed(3)}) and of words said in the code (${weights.words.toFixed(3)}); constant ${intercept.toFixed(3)}.
- **Threshold**: below ${threshold.toFixed(4)} nothing is said. ${
    precision.reached
      ? `From there on at least ${100 * precision.asked} % of what is said on the validation packages is right.`
      : `No threshold makes ${100 * precision.asked} % of what is said on the validation packages right; this one makes the most right that can be had: ${best} %.`
  }

## Figures

Scores of the validation packages are by curves that were fitted without the function's package; of these packages the writer has learned nothing, but its best checkpoint was chosen on them. Of the test packages nothing was learned or chosen.

| | validation | test |
|---|---|---|
${(Object.keys(validation) as (keyof JudgedSide)[])
  .map((name) => `| ${name} | ${shown(validation[name])} | ${shown(test[name])} |`)
  .join('\n')}

Training, at its best checkpoint: ${Object.entries(training)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(', ')}.

## Learned from

${count(learned.functions)} functions with a comment, in ${count(learned.codes)} builds with different code:

${packages.map((one) => `- ${one}`).join('\n')}

The folder holds weights, parts of words and numbers; no code and no comments of others. \`manifest.json\` has the settings and the data sets' hashes.

## Limits

- C compiled by GCC and Clang for Linux, as in the data set.
- A summary can be fluent and wrong, and it can name what the function has nothing to do with. Its score says how often that happens; read the code.
- It can repeat a comment of a package above that it has learned by heart; the table says how often.

## Files

${[...files].map(([name, bytes]) => `- \`${name}\`, ${count(bytes.length)} bytes`).join('\n')}
`;
}

function shown(value: number): string {
  return count(Number(value.toFixed(3)));
}
