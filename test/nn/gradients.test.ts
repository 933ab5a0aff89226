/**
 * Every operation, layer and loss: its forward against a reference of its own in float64, its gradient against central
 * differences of that reference.
 */

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/nn/tensor.ts';
import { generation } from './cases/generation.ts';
import { graphLayers } from './cases/graph.ts';
import { layers } from './cases/layers.ts';
import { losses } from './cases/losses.ts';
import { elementwise } from './cases/elementwise.ts';
import { layouts } from './cases/layout.ts';
import { manyToOne } from './cases/products.ts';
import { recurrent, recurrentLayers } from './cases/recurrent.ts';
import { loops } from './cases/scan.ts';
import { SOURCES } from './support/interpreter.ts';
import { REFERENCE } from './support/reference/index.ts';
import { testCases } from './support/run-cases.ts';

const CASES = { ...elementwise, ...generation, ...layouts, ...loops, ...manyToOne, ...recurrent };

/** Whatever the files of operations export under a name that ends in `Operation`. */
async function exportedOperations(): Promise<string[]> {
  const folder = new URL('../../src/nn/ops/', import.meta.url);
  const names: string[] = [];
  for (const file of readdirSync(folder).filter((name) => !name.endsWith('.test.ts'))) {
    const module = (await import(new URL(file, folder).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (name.endsWith('Operation')) names.push((value as Operation).name);
    }
  }
  return names.sort();
}

describe('the table', () => {
  it('has each operation once, with a reference and cases', async () => {
    const operations = await exportedOperations();
    expect(new Set(operations).size).toBe(operations.length);
    expect([...REFERENCE.keys(), ...SOURCES].sort()).toEqual(operations);
    expect(Object.keys(CASES).sort()).toEqual(operations);
  });
});

describe.each(Object.entries(CASES))('operation %s', (_, cases) => {
  testCases(cases);
});

describe.each(Object.entries({ ...layers, ...graphLayers, ...recurrentLayers }))('layer %s', (_, cases) => {
  testCases(cases);
});

describe.each(Object.entries(losses))('loss %s', (_, cases) => {
  testCases(cases);
});
