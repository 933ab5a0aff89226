/**
 * The training engine as a library: `import { linear, Trainer } from 'binscribe/nn'`. It knows nothing of binaries
 * and nothing of Node; what executes its graphs is a `Runtime`, in Node from `binscribe/node`. docs/nn/README.md is
 * its manual.
 */

// Tensors and what is done with them.
export { Tensor, type Operation } from './tensor.ts';
export type { DType, Shape, TensorType } from './types.ts';
export { constant, input } from './ops/source.ts';
export {
  abs,
  add,
  addN,
  and,
  cast,
  div,
  equal,
  erf,
  exp,
  gelu,
  geluTanh,
  greater,
  greaterOrEqual,
  log,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  sign,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
  where,
} from './ops/elementwise.ts';
export { expand, sum } from './ops/broadcast.ts';
export { concat, pad, reshape, slice, split, transpose } from './ops/layout.ts';
export { affine, matmul, project } from './ops/matmul.ts';
export { argmax, max, mean } from './ops/reduce.ts';
export { oneHot, take, takeAlong } from './ops/indexing.ts';
export { logSoftmax, softmax } from './ops/softmax.ts';
export { attention } from './ops/attention.ts';
export { scan } from './ops/scan.ts';
export { cosineSimilarity, dot, euclideanDistance, l2Normalize } from './ops/vectors.ts';
export { gradients } from './autodiff.ts';
export { evaluate } from './session.ts';

// Layers: functions of a scope, which names their parameters.
export { Scope } from './scope.ts';
export { fanIn, filled, normal, uniform, xavier, type Initializer } from './initialize.ts';
export { linear } from './layers/linear.ts';
export { embedding, embeddingTable } from './layers/embedding.ts';
export { layerNorm, rmsNorm } from './layers/normalization.ts';
export { learnedPositions, sinusoidalPositions } from './layers/positions.ts';
export { causalBias, paddingBias } from './layers/masks.ts';
export { multiHeadAttention } from './layers/attention.ts';
export { feedForward, transformerDecoder, transformerEncoder } from './layers/transformer.ts';
export { gru, lstm } from './layers/recurrent.ts';
export { structure2vec } from './layers/graph.ts';
export { packGraphs, type Graph } from './graph-batch.ts';
export {
  attentionPooling,
  firstPosition,
  hopPenalty,
  maskedMax,
  maskedMean,
  selfAttentivePooling,
} from './layers/pooling.ts';
export { classificationHead, projectionHead } from './layers/heads.ts';

// Losses.
export { crossEntropy } from './losses/cross-entropy.ts';
export { binaryCrossEntropy } from './losses/binary-cross-entropy.ts';
export { cosineEmbedding, cosineSquaredError } from './losses/cosine.ts';
export { tripletMargin } from './losses/triplet.ts';
export { infoNCE, supervisedContrastive } from './losses/contrastive.ts';
export { softClip } from './losses/soft-clip.ts';
export { meanSquaredError } from './losses/squared-error.ts';

// Training.
export { sgd } from './optimizers/sgd.ts';
export { adam, adamW } from './optimizers/adam.ts';
export type { Optimizer } from './optimizers/optimizer.ts';
export { constantRate, cosine, linearDecay, noam, Plateau, warmUp } from './optimizers/schedules.ts';
export type { Model, ModelOutputs } from './training/gradient-graph.ts';
export { Trainer, type StepResult, type TrainerOptions } from './training/trainer.ts';
export type { ParameterGroup } from './training/layout.ts';
export {
  BEST_CHECKPOINT,
  CURVES,
  fit,
  LAST_CHECKPOINT,
  LOG,
  type FitOptions,
  type FitReport,
  type FitResult,
  type TrainingData,
} from './training/fit.ts';
export { optimizerOf } from './training/from-settings.ts';
export { parseSettings, trainingSchema, type TrainingSettings } from './training/settings.ts';
export { gridPoints, gridTable, runGrid, seedInterval } from './training/runs.ts';
export { decodeCheckpoint } from './training/checkpoint.ts';
export type { Store } from './training/store.ts';

// Trained models at work.
export { Predictor } from './inference.ts';
export { exportModel, type ExportOptions } from './export/model.ts';
export { quantizationCost } from './export/agreement.ts';
export { Generator } from './generation/generator.ts';
export type { WriteOptions, Written } from './generation/options.ts';
export { loadEncoder, loadT5 } from './import/huggingface.ts';
export { SentenceEncoder } from './import/sentence-encoder.ts';
export { t5Writer } from './import/t5-writer.ts';
export { loadTokenizer } from './import/tokenizer.ts';

// Word and document vectors: docs/nn/embeddings.md.
export {
  encodeSentences,
  encodeWalks,
  EmbeddingTrainer,
  inferDocuments,
  Vocabulary,
  WordVectors,
} from './embeddings/index.ts';

// What executes.
export type { HostTensor, HostTensors, Runtime, Session } from './runtime.ts';
