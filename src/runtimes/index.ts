/** What the engine needs of Node: `import { nodeRuntime } from 'binscribe/node'`. */

export { inBackground, type Work, type WorkContext } from './background.ts';
export { checkDevice } from './devices.ts';
export { fileStore } from './file-store.ts';
export { diskFolder } from './folder.ts';
export { nodeRuntime, type NodeRuntimeOptions } from './node.ts';
export { enableRelaxedSimd, nodeThreads } from './node-threads.ts';
