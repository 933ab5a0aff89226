/**
 * What Binscribe needs of Node, as `binscribe/node`: models from the disk, and the runtime of the training engine.
 *
 * @example
 * import { readFile } from 'node:fs/promises';
 * import { explain } from 'binscribe';
 * import { openModel } from 'binscribe/node';
 *
 * const report = await explain(await readFile('/bin/ls'), await openModel(), { path: '/bin/ls' });
 */

export { openMeaning, openModel, openWriter } from './cli/model.ts';
export * from './runtimes/index.ts';
