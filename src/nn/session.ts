/** The shortest way from tensors to values: for tests, examples and whatever runs a graph a few times. */

import { compileGraph, type CompileOptions } from './onnx/compile.ts';
import { encodeModel } from './onnx/model.ts';
import type { HostTensors, Runtime } from './runtime.ts';
import type { Tensor } from './tensor.ts';

/** Computes tensors once, given values for every input and parameter that they depend on. */
export async function evaluate(
  runtime: Runtime,
  outputs: Readonly<Record<string, Tensor>>,
  feeds: HostTensors,
  options: CompileOptions = {},
): Promise<HostTensors> {
  const graph = compileGraph(outputs, options);
  const session = await runtime.open(encodeModel(graph));
  try {
    return await session.run(Object.fromEntries(graph.inputs.map(({ name }) => [name, feeds[name]])));
  } finally {
    await session.close();
  }
}
