/** What training needs of the training programs: small records, so that 200,000 functions fit into memory. */

import { argumentFacts } from '../models/arguments/facts.ts';
import { type ArgumentExample, evidenceKeys, ruleCount } from '../models/arguments/count.ts';
import { KnownFunctionsBuilder } from '../models/known/build.ts';
import { styleBags } from '../models/linear/style.ts';
import { withoutPadding } from '../tokens/normalize.ts';
import { opcodePairTokens } from '../tokens/opcodes.ts';
import { type Bag, bagOf } from '../tokens/scheme.ts';
import { compilerFamily, type LabelledProgram } from './labelled.ts';

/** A function whose compiler and level are to be told. One for each code, compiler and level. */
export interface StyleExample {
  package: string;
  compiler: string;
  optimization: string;
  bags: Bag[];
}

/** A function whose name is to be found. One for each code, name and package. */
export interface NameExample {
  package: string;
  name: string;
  normalizedHash: string;
  length: number;
  pairs: Bag;
}

export interface TrainingExamples {
  functions: number;
  packages: string[];
  known: KnownFunctionsBuilder;
  styles: StyleExample[];
  names: NameExample[];
  /** One for each code, compiler, level and number. */
  arguments: ArgumentExample[];
}

/** @param floor Functions with fewer instructions teach only their number of arguments. */
export async function collectExamples(
  programs: AsyncIterable<LabelledProgram>,
  floor: number,
  progress: (functions: number) => void,
): Promise<TrainingExamples> {
  const known = new KnownFunctionsBuilder();
  const result: TrainingExamples = {
    functions: 0,
    packages: [],
    known,
    styles: [],
    names: [],
    arguments: [],
  };
  const packages = new Set<string>();
  const seen = { style: new Set<string>(), name: new Set<string>(), arguments: new Set<string>() };
  const isNew = (kind: keyof typeof seen, ...key: (string | number)[]): boolean => {
    const text = key.join('\0');
    if (seen[kind].has(text)) return false;
    seen[kind].add(text);
    return true;
  };
  for await (const program of programs) {
    const { package: name, version, compiler, optimization } = program;
    packages.add(name);
    const origin = { package: name, version, compiler, optimization };
    const { summaries, facts } = argumentFacts(program.functions);
    program.functions.forEach(({ address, body }, i) => {
      const label = program.labels[i];
      const { normalizedHash, exactHash } = label;
      const summary = summaries.get(address);
      if (summary && isNew('arguments', normalizedHash, compiler, optimization, label.arguments)) {
        const fact = facts.get(address)!;
        const keys = evidenceKeys(summary, fact);
        result.arguments.push({ keys, rule: ruleCount(summary, fact), truth: label.arguments });
      }
      const kept = withoutPadding(body.instructions);
      if (kept.length < floor) return;
      const length = kept.length;
      const pairs = bagOf(opcodePairTokens(kept));
      known.add({ name: label.name, origin, exactHash, normalizedHash, length, pairs });
      if (isNew('name', normalizedHash, label.name, name)) {
        result.names.push({ package: name, name: label.name, normalizedHash, length, pairs });
      }
      if (isNew('style', normalizedHash, compilerFamily(compiler), optimization)) {
        const bags = styleBags(body);
        result.styles.push({ package: name, compiler: compilerFamily(compiler), optimization, bags });
      }
    });
    result.functions += program.functions.length;
    progress(result.functions);
  }
  result.packages = [...packages].sort();
  return result;
}
