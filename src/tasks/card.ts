/** The card of a model folder: what it is, what it learned from, what it must not be taken for. */

import type { Manifest } from '../corpus/dataset.ts';
import type { RunManifest } from './run.ts';
import { count } from '../numbers.ts';

/** @param files The model's files, for their sizes. */
export function modelCard(
  run: RunManifest,
  dataset: Manifest,
  files: ReadonlyMap<string, Uint8Array>,
): string {
  const packages = dataset.packages.filter(({ split }) => split === 'train');
  const { figures, recipe } = run;
  return `# ${recipe.name}

The model without a network, and the baseline of every later one. For a function of an x86-64 program it gives names, compiler, optimisation level and number of arguments, each with a probability, or says that it has no answer.

## How

- **Names**: the same code (addresses normalised) or the nearest by cosine of tf-idf of opcode pairs, among ${count(figures['entries'])} different functions with ${count(figures['names'])} names. A logistic regression on nearness, rivals and length gives the probability. It was fitted by leaving each package out, so a name that no other package has counts as wrong. Below ${figures['name threshold']} no name is given: from there on at least ${Math.round(recipe.names.precision * 100)} % of the names given were right. Functions of fewer than ${recipe.floor} instructions get none.
- **Compiler** (GCC or Clang) and **level** (-O0 to -O3): multinomial logistic regression on opcodes, opcode pairs, registers, operand shapes and layout (${count(figures['style vocabulary'])} tokens, ${count(figures['style examples'])} functions), its temperature fitted on packages left out.
- **Arguments**: registers and stack slots read before they are written, through the calls of a program, and a table of how often that is right in each kind of case.

## Learned from

${count(figures['functions'])} functions of the data set \`${run.dataset.name}\` (manifest SHA-256 ${run.dataset.manifest}), built by ${dataset.compilers.map(({ name }) => name).join(', ')} at ${dataset.levels.join(', ')}:

${packages.map(({ name, version }) => `- ${name} ${version}`).join('\n')}

The index holds names, hashes and counts of opcode pairs, no code and no comments of others. The figures on packages that were not learned from are in \`results/\`.

## Limits

- Names can only be those of the packages above and of what they share with others (gnulib foremost).
- -O2 and -O3 give the same code in most functions; so the level between them is a guess, and its score says so.
- C compiled by GCC and Clang for Linux. Hand-written assembly, C++, Rust and Go were not learned from.
- Arguments that the code never uses cannot be seen in it.

## Files

${[...files].map(([name, bytes]) => `- \`${name}\`, ${count(bytes.length)} bytes`).join('\n')}

Made again by \`binscribe train recipes/${recipe.name}.json\` from the same data set, byte for byte.
`;
}
