/** Runs in the page: loads every module of the engine as it is, computes the cases, hands the numbers to the test. */

import * as ort from 'onnxruntime-web/wasm';
import { webRuntime } from '../../src/runtimes/web.ts';
import { CASES, type Found } from './cases.ts';

export interface Report {
  /** Modules that were loaded. */
  readonly modules: number;
  readonly found: Readonly<Record<string, Found>>;
}

export async function report(modules: readonly string[]): Promise<Report> {
  for (const module of modules) await import(module);
  const runtime = webRuntime(ort);
  const found: Record<string, Found> = {};
  for (const [name, compute] of Object.entries(CASES)) found[name] = await compute(runtime);
  return { modules: modules.length, found };
}
