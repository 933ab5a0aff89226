/** The card of a folder of known functions: what is known, whom the sentences are by, what it must not be taken for. */

import type { Manifest } from '../../corpus/dataset.ts';
import { count } from '../../numbers.ts';
import type { KnownManifest } from './build.ts';

export function knownCard(
  { recipe, encoder, figures }: Pick<KnownManifest, 'recipe' | 'encoder' | 'figures'>,
  source: Manifest,
  files: ReadonlyMap<string, Uint8Array>,
): string {
  const listed = (names: readonly string[]): string =>
    source.packages
      .filter(({ name }) => names.includes(name))
      .map(
        ({ name, version, licences }) => `- ${name} ${version}: ${licences.join(', ') || 'see its source'}`,
      )
      .join('\n');
  const learned = recipe.company
    ? ` How sure a name is among the functions around it was learned from the training packages of the data set, each looked up among the others: at least ${Math.round(100 * recipe.company.precision)} % of the names given were right there.`
    : '';
  return `# ${recipe.name}

${count(figures['different functions'])} functions with ${count(figures['names'])} names that an encoder knows beside its own: those of libraries that are found inside other programs. The vectors are those that \`${encoder}\` gives them, and names come about as its own do.${learned}

## Functions of

The data set \`${source.name}\`, ${recipe.builds?.join(', ') ?? 'all builds'}, functions of ${recipe.floor} instructions and more:

${listed(recipe.packages)}

## Sentences

${count(figures['quotations'])} functions have the first sentence of the comment that their programmers wrote above them. They are quoted with name, package and version, and only of packages whose licences let them be: they stay under these licences, and are their authors'.

${listed(recipe.quoted)}

## Limits

- A function is taken for a known one by its code: where two differ in what they are called alone, the probability tells so.
- A sentence says what the function of that version does. Another version may do more.

## Files

${[...files].map(([name, bytes]) => `- \`${name}\`, ${count(bytes.length)} bytes`).join('\n')}

Made again by \`binscribe train recipes/${recipe.name}.json\` from the same data set and encoder.
`;
}
