/** ONNX Runtime's native package. Whoever needs it loads it from here: the order of these two lines matters. */

// oxlint-disable-next-line import/no-unassigned-import -- what it does is all that it is for
import './no-telemetry.ts';
export * from 'onnxruntime-node';
