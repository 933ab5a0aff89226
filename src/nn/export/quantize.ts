/**
 * Dynamic quantisation: weights become whole numbers of 8 bits once, what they are multiplied with does so each time
 * the graph runs, and products are made of whole numbers (Jacob et al. 2018, section 2; the steps are those of ONNX
 * Runtime's `quantize_dynamic`, which it fuses into one kernel). A file shrinks to a quarter.
 *
 * Weights have no zero point and a scale for each column. The range of activations is that of the whole batch
 * (DynamicQuantizeLinear), so the numbers of one text depend a little on the texts beside it.
 */

import { TYPE_CODES, type OnnxGraph, type OnnxNode } from '../onnx/model.ts';
import { quantizeColumns, quantizeRows, type Int8Matrix, type Matrix } from './int8.ts';
import { namesReadBy, Rewriter } from './rewriter.ts';

/**
 * Of weights that are multiplied. Processors without VNNI add two products (an unsigned activation times a signed
 * weight) in 16 bits and clip the sum: 2 * 255 * 127 does not fit, 2 * 255 * 64 does (`reduce_range` of ONNX
 * Runtime's documentation on quantisation). WebAssembly's relaxed products are defined for 7 bits alone, too. So 8 is
 * for machines that are known.
 */
export type WeightBits = 7 | 8;

/** The largest whole number that a weight becomes. */
const LIMITS: Record<WeightBits, number> = { 7: 64, 8: 127 };

/** Elements of the smallest weight that is worth the nodes it takes. */
const SMALLEST = 1024;

/** Rewrites the products with constant matrices and the look-ups in constant tables. Recurrent layers stay. */
export function quantizeGraph(graph: OnnxGraph, bits: WeightBits): OnnxGraph {
  return new Quantizer(graph, LIMITS[bits]).run();
}

/** A constant that a node multiplies with or looks up, turned first where it says so. */
interface Weight {
  readonly name: string;
  readonly turned: boolean;
}

class Quantizer {
  private readonly graph: OnnxGraph;
  private readonly rewriter: Rewriter;
  private readonly limit: number;
  /** What is a constant, but turned. */
  private readonly turned = new Map<string, string>();
  /** Names of values, scale and zero point of activations; of values and scales of weights. */
  private readonly activations = new Map<string, readonly [string, string, string]>();
  private readonly weights = new Map<string, readonly [string, string]>();

  constructor(graph: OnnxGraph, limit: number) {
    this.graph = graph;
    this.limit = limit;
    this.rewriter = new Rewriter(graph);
    for (const { type, inputs, outputs } of graph.nodes) {
      const constant = type === 'Transpose' ? this.rewriter.constantOf(inputs[0]) : undefined;
      if (constant?.shape.length === 2) this.turned.set(outputs[0], inputs[0]);
    }
  }

  run(): OnnxGraph {
    // A weight that something else reads stays as it is: a second form of it would save nothing.
    const staying = new Set<string>();
    for (const node of this.graph.nodes) {
      if (this.weightOf(node) || this.turned.has(node.outputs[0])) continue;
      for (const name of namesReadBy(node)) staying.add(this.turned.get(name) ?? name);
    }
    for (const node of this.graph.nodes) {
      const weight = this.weightOf(node);
      if (!weight || staying.has(weight.name)) this.rewriter.keep(node);
      else if (node.type === 'Gather') this.lookUp(node, weight);
      else this.product(node, weight);
    }
    return this.rewriter.finish();
  }

  private weightOf({ type, inputs, attributes }: OnnxNode): Weight | null {
    const isSet = (name: string): boolean => {
      const value = attributes[name];
      return value !== undefined && 'int' in value && value.int !== 0;
    };
    let weight: Weight | null = null;
    if (type === 'Gather' && !isSet('axis')) weight = { name: inputs[0], turned: false };
    else if (type === 'MatMul') weight = this.matrixNamed(inputs[1], false);
    else if (type === 'Gemm' && !isSet('transA')) weight = this.matrixNamed(inputs[1], isSet('transB'));
    const constant = weight && this.rewriter.constantOf(weight.name);
    const fits =
      constant?.dtype === 'float32' && constant.shape.length === 2 && constant.data.length >= SMALLEST;
    return fits ? weight : null;
  }

  private matrixNamed(name: string, turned: boolean): Weight {
    const constant = this.turned.get(name);
    return constant === undefined ? { name, turned } : { name: constant, turned: !turned };
  }

  /** y = (whole x * whole W) * (scale of x * scales of W), and Gemm's bias. */
  private product({ inputs: [x, , bias], outputs: [y] }: OnnxNode, weight: Weight): void {
    const { rewriter } = this;
    const [values, scale, zero] = this.activation(x);
    const [columns, scales] = weight.turned
      ? this.turnedRows(weight, y)
      : this.weight(weight, quantizeColumns, this.limit);
    const whole = rewriter.emit('MatMulInteger', [values, columns, zero], rewriter.fresh(`${y}.whole`));
    const scaling = rewriter.emit('Mul', [scale, scales], rewriter.fresh(`${y}.scaling`));
    if (bias === undefined) return this.scaled(whole, scaling, y);
    const product = rewriter.fresh(`${y}.product`);
    this.scaled(whole, scaling, product);
    rewriter.emit('Add', [product, bias], y);
  }

  /** A table that is looked up as well is there once, with 8 bits. ONNX Runtime turns constants when it opens a model. */
  private turnedRows(weight: Weight, y: string): readonly [string, string] {
    const [rows, scales] = this.weight(weight, quantizeRows, this.limit);
    const perm = { perm: { ints: [1, 0] } };
    return [this.rewriter.emit('Transpose', [rows], this.rewriter.fresh(`${y}.columns`), perm), scales];
  }

  /** Rows are not multiplied, so all 8 bits serve. */
  private lookUp({ inputs: [, indices], outputs: [y] }: OnnxNode, weight: Weight): void {
    const { rewriter } = this;
    const [rows, scales] = this.weight(weight, quantizeRows, LIMITS[8]);
    const whole = rewriter.emit('Gather', [rows, indices], rewriter.fresh(`${y}.whole`));
    const scale = rewriter.emit('Gather', [scales, indices], rewriter.fresh(`${y}.scale`));
    const last = rewriter.constant('axis.last', { dtype: 'int64', shape: [1] }, BigInt64Array.of(-1n));
    const column = rewriter.emit('Unsqueeze', [scale, last], rewriter.fresh(`${y}.scaling`));
    this.scaled(whole, column, y);
  }

  private scaled(whole: string, scale: string, y: string): void {
    const to = { to: { int: TYPE_CODES.float32 } };
    const float = this.rewriter.emit('Cast', [whole], this.rewriter.fresh(`${y}.float`), to);
    this.rewriter.emit('Mul', [float, scale], y);
  }

  private activation(x: string): readonly [string, string, string] {
    let known = this.activations.get(x);
    if (!known) {
      const { rewriter } = this;
      known = [rewriter.fresh(`${x}.whole`), rewriter.fresh(`${x}.scale`), rewriter.fresh(`${x}.zero`)];
      rewriter.keep({
        type: 'DynamicQuantizeLinear',
        inputs: [x],
        outputs: known,
        attributes: {},
        domain: '',
      });
      this.activations.set(x, known);
    }
    return known;
  }

  private weight(
    { name }: Weight,
    quantize: (matrix: Matrix, limit: number) => Int8Matrix,
    limit: number,
  ): readonly [string, string] {
    const key = `${name} ${quantize.name} ${limit}`;
    let known = this.weights.get(key);
    if (!known) {
      const { rewriter } = this;
      const { shape, data: floats } = rewriter.constantOf(name)!;
      const matrix = { rows: Number(shape[0]), columns: Number(shape[1]), data: floats as Float32Array };
      const { data, scales } = quantize(matrix, limit);
      const [values, scale] = [rewriter.fresh(`${name}.int8`), rewriter.fresh(`${name}.scales`)];
      rewriter.constant(values, { dtype: 'int8', shape }, data);
      rewriter.constant(scale, { dtype: 'float32', shape: [scales.length] }, scales);
      known = [values, scale];
      this.weights.set(key, known);
    }
    return known;
  }
}
