/** A model for tests of what surrounds models: it answers by size and remembers what it was asked. */

import type { FunctionAnswer, Model, ProgramInput } from '../../src/models/model.ts';

/** Fewer instructions than this are answered with nothing. */
const SMALL = 8;

export interface StubModel extends Model {
  /** The programs it was asked about. */
  readonly asked: ProgramInput[];
}

/** Functions of like size point in like directions. */
function vectorOf(size: number): Float32Array {
  return Float32Array.of(Math.cos(Math.log2(size)), Math.sin(Math.log2(size)));
}

/**
 * @param name what it calls every function that is not small
 * @param vectors whether it has vectors for them
 */
export function stubModel(name = 'suggested_name', vectors = false): StubModel {
  const asked: ProgramInput[] = [];
  return {
    asked,
    card: { id: 'stub-1', description: 'Answers by size.' },
    answer(program, progress) {
      asked.push(program);
      const { functions, wanted } = program;
      const answered = wanted ? functions.filter(({ address }) => wanted.has(address)) : functions;
      progress?.(answered.length);
      return Promise.resolve(
        answered.map(({ body }): FunctionAnswer => {
          const small = body.instructions.length < SMALL;
          return {
            names: small ? [] : [{ name, score: 0.875 }],
            compiler: small ? null : { label: 'gcc-12', score: 0.9 },
            optimization: small ? null : { label: 'O2', score: 0.6 },
            arguments: { count: 2, score: 0.8 },
            neighbours: small
              ? []
              : [
                  {
                    name,
                    score: 0.97,
                    package: 'coreutils',
                    version: '9.1-1',
                    compiler: 'gcc-12',
                    optimization: 'O2',
                    match: 'similar',
                  },
                ],
            ...(!small && vectors && { vector: vectorOf(body.instructions.length) }),
            abstained: small ? ['names', 'compiler', 'optimization'] : [],
          };
        }),
      );
    },
  };
}
