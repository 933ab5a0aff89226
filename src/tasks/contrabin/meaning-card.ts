/** The card of a model folder of meaning: what it is, what it learned from, what it must not be taken for. */

import type { Calibration } from '../../models/meaning/calibration.ts';
import { count } from '../../numbers.ts';
import type { MeaningManifest } from './meaning.ts';

export interface MeaningCardFacts {
  readonly manifest: MeaningManifest;
  /** Names of the data sets, and what was learned from of them: `gzip 1.12-1`. */
  readonly datasets: readonly string[];
  readonly packages: readonly string[];
  readonly calibration: Calibration;
  /** The model's files, for their sizes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export function meaningCard({ manifest, datasets, packages, calibration, files }: MeaningCardFacts): string {
  const { recipe, variant, seed, figures, stages } = manifest;
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  return `# meaning

Functions of an x86-64 program and English sentences as vectors in one space: \`binscribe ask\` ranks functions by what a sentence says, and \`binscribe explain\` gives them labels.

## How

- ContraBin (Zhang et al.): an encoder of normalised assembly learns to put a function where an encoder of sources and comments, pre-trained by masked tokens, puts its source and its comment. Way of pre-training: \`${variant}\`, seed ${seed}.
- A vector has ${recipe.contrast!.size} numbers. Of a function the first ${recipe.limits.code} tokens are read, of a sentence ${recipe.limits.comment}; functions of fewer than ${recipe.floor} lines are passed over. Of what a stripped program says beside instructions strings, names of imports and numbers are read.
- Weights of matrices are signed bytes with a scale for each row. With float32 weights the vectors have a cosine of ${figures['mean cosine with float32 weights'].toFixed(4)} in the mean, ${figures['smallest cosine with float32 weights'].toFixed(4)} at least (${count(figures['functions beside each'])} functions).
- **Lexicon**: which words people use of code that has a feature: a word of its strings, the name of an import, a number, an instruction, two in a row. Ridge regression of the words of comments and names on ${count(figures['features of the lexicon'])} features (those of three packages at least), of which the ${count(figures['weights of the lexicon'])} weights are kept that move most, for ${count(figures['words of the lexicon'])} words. What it finds is a sum over features, so that an answer names those that it rests on.
- **Scores**: a cosine is told by how it stands among those of the same text with ${count(figures['functions beside each'])} functions of ${recipe.validation.join(', ')}, what the lexicon finds likewise, and a logistic curve of both, fitted on ${count(figures['comments that calibrate'])} comments of these packages, makes a ratio of it: how much likelier that is for a comment and its own function than for a comment and another. Of these packages neither has learned anything.
- **\`ask\`**: a second curve weighs beside these two which of the question's words are in a function's strings and names of imports, each by how rare it is in the program. The score is the probability that the function is meant, where before any of the program's functions or none was as likely. There is no answer where the best is below ${calibration.thresholds.map(({ functions, score }) => `${score.toFixed(3)} (of ${count(functions)} functions)`).join(', ')}, between these sizes in between: half of the questions about what no function of the program does stay below. Where the function is there, ${percent(figures['share of questions that are answered where the function is there'])} are answered (the best function need not be the right one).
- **Labels**: some sentences together. The curve is that of comments, each of one function. How labels stand to the files that functions were written in is told in results/labels.md.

## Figures on the packages that calibrate

Of other functions, ${percent(figures['share of other functions that stand lower than the own, by the network'])} stand lower for a comment than its own function by the network (50 % by chance), ${percent(figures['the same by the lexicon'])} by the lexicon, ${percent(figures['the same by both'])} by both, and ${percent(figures['the same by both and words'])} where words count too.

${Object.entries(stages)
  .map(([stage, told]) => {
    const values = Object.entries(told).map(([figure, value]) => `${figure} ${Number(value.toFixed(3))}`);
    return `- ${stage}: ${values.join(', ')}`;
  })
  .join('\n')}

## Learned from

${count(figures['triples'])} functions with source and comment of ${datasets.map((name) => `\`${name}\``).join(', ')}:

${packages.map((one) => `- ${one}`).join('\n')}

The folder holds weights, words and parts of words, names of imports, vectors and numbers; no code and no comments of others. \`manifest.json\` has the settings and the data sets' hashes.

## Limits

- C compiled by GCC and Clang for Linux, as in the data set.
- Two functions with the same instructions that differ in what they call of their own program have the same vector.
- A sentence is understood as far as comments of the packages above say such things.

## Files

${[...files].map(([name, bytes]) => `- \`${name}\`, ${count(bytes.length)} bytes`).join('\n')}
`;
}
