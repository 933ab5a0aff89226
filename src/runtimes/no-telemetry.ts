/**
 * Since 1.29 ONNX Runtime's native package tells its makers about each process and model, and keeps a number of the
 * machine in the home folder, unless this variable says no before the package is loaded (its docs/Privacy.md). What
 * people look at with us is nobody's business.
 *
 * In a worker thread variables are copies that native code does not see: load this, or set it, in the main thread.
 */

process.env['ORT_DISABLE_TELEMETRY'] = '1';
