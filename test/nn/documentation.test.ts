/** docs/nn/README.md: its examples do what it says of them, and its error message is the one that comes. */

import { expect, it } from 'vitest';
import { Scope, transformerEncoder } from '../../src/nn/index.ts';
import { input } from '../../src/nn/ops/source.ts';
import type { HostTensor } from '../../src/nn/runtime.ts';
import { evaluate } from '../../src/nn/session.ts';
import { apply, type Operation } from '../../src/nn/tensor.ts';
import type { FitResult } from '../../src/nn/training/fit.ts';
import { nodeRuntime } from '../../src/runtimes/node.ts';
import { encoderRecipeShape } from '../../src/tasks/encoder/recipe.ts';
import { readPage, runExamples } from './support/examples.ts';

const page = readPage('README.md');

it('has examples that run', async () => {
  const [first, groups, training, use, generation, operation] = await runExamples('README.md');
  expect(first['right']).toBeGreaterThan(0.85);
  expect(groups['groups']).toHaveLength(3);
  const { metrics, finished } = training['result'] as FitResult;
  expect(finished).toBe(true);
  expect(metrics['loss']).toBeLessThan(0.2);
  expect(training['files']).toEqual(['best.ckpt', 'curves.html', 'last.ckpt', 'log.jsonl']);
  expect((use['y'] as HostTensor).shape).toEqual([3, 4]);
  expect((use['small'] as Uint8Array).length).toBeLessThan((use['file'] as Uint8Array).length);
  const cost = use['cost'] as { outputs: { y: { meanCosine: number } } };
  expect(cost.outputs.y.meanCosine).toBeGreaterThan(0.99);
  expect(generation['answers']).toHaveLength(2);

  const x = input('x', [2]);
  const y = apply(operation['bump'] as Operation, [x], {});
  const fed = { x: { dtype: 'float32', shape: [2], data: Float32Array.of(2, 3) } } as const;
  const results = await evaluate(nodeRuntime(), { y }, fed);
  expect([...results['y'].data]).toEqual([6, 12]);
});

it('shows a recipe that is one', () => {
  const [, recipe] = /```json\n([\s\S]*?)```/.exec(page)!;
  expect(encoderRecipeShape.safeParse(JSON.parse(recipe)).error).toBeUndefined();
});

it('quotes the message that a wrong shape gets', () => {
  const [, message] = /```text\n(.*)\n```/.exec(page)!;
  const x = input('x', [2, 5, 100]);
  const asked = (): unknown =>
    transformerEncoder(new Scope(false).at('encoder'), x, { layers: 1, heads: 8, inner: 32 });
  expect(asked).toThrow(message);
});
