/** The card of an encoder's model folder: what it is, what it learned from, what it must not be taken for. */

import type { Manifest } from '../../corpus/dataset.ts';
import type { KnownFunctions } from '../../models/known/index.ts';
import type { EncoderRecipe } from './recipe.ts';
import { count } from '../../numbers.ts';

export interface EncoderCardFacts {
  readonly recipe: EncoderRecipe;
  /** Manifest of the data set. */
  readonly source: Manifest;
  /** Functions that were learned from, copies left out. */
  readonly functions: number;
  readonly known: KnownFunctions;
  /** The model's files, for their sizes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export function encoderCard({ recipe, source, functions, known, files }: EncoderCardFacts): string {
  const packages = source.packages.filter(({ split }) => split === 'train');
  const { before, after, width, size, longest } = recipe.network;
  return `# ${recipe.name}

One network for the functions of an x86-64 program: compiler, optimisation level, number of arguments and their types, and a vector by which names come from the nearest known functions; each with a probability, or no answer.

## How

- An instruction is the sum of the vectors of its fields (mnemonic, registers, shapes of operands, numbers, place), ${width} wide. ${before + after} residual convolutions look at neighbours, a summary of the whole is given back to each instruction in between, and weighted means of all make the function's features. The first ${longest} instructions are looked at, of a longer function its beginning and its end.
- The number of arguments that a rule without learning finds (registers and stack slots read before they are written, through the calls of a program) is one of the inputs.
- Functions of a program are mostly of one compiler and one level. Up to 512 of them together tell how likely each class is in the program, and that moves the probabilities of each one (Saerens, Latinne and Decaestecker 2002).
- Trained end to end for all answers at once; the vector (${size} numbers) by the supervised contrastive loss of Khosla et al. (2020), so that builds of one function lie together.
- **Names**: the same code, or the nearest of ${count(known.entries)} different functions with ${count(known.names.length)} names. A logistic regression on nearness, rivals and length gives the probability. It, the threshold below which no name is given (at least ${Math.round(recipe.names.precision * 100)} % of those given were right) and the temperatures of the probabilities come from ${recipe.validation.join(', ')}, of which the network has learned nothing. Functions of fewer than ${recipe.floor} instructions get none.

## Learned from

${count(functions)} functions, copies left out, of the data set \`${source.name}\`, built by ${source.compilers.map(({ name }) => name).join(', ')} at ${source.levels.join(', ')}:

${packages.map(({ name, version }) => `- ${name} ${version}`).join('\n')}

The folder holds weights, names, hashes and vectors, no code and no comments of others. The figures on packages that were not learned from are in \`results/\`.

## Limits

- Names can only be those of the packages above and of what they share with others (gnulib foremost).
- -O2 and -O3 (of clang also -O1) give the same code in most functions, so that one alone hardly tells its level; a program of some dozen functions does.
- C compiled by GCC and Clang for Linux. Hand-written assembly, C++, Rust and Go were not learned from.
- Arguments that the code never uses cannot be seen in it.

## Files

${[...files].map(([name, bytes]) => `- \`${name}\`, ${count(bytes.length)} bytes`).join('\n')}

Made again by \`binscribe train recipes/${recipe.name}.json\` from the same data set.
`;
}
