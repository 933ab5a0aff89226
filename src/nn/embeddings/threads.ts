/** Threads as the trainer sees them. Who has some (`src/runtimes/`) fills this in. */

/** What a thread needs: it makes an instance of the module with `{ env: { memory } }` as imports. */
export interface SharedKernel {
  /** A `WebAssembly.Module`; it can be posted to a thread. */
  readonly module: object;
  /** A shared `WebAssembly.Memory`. */
  readonly memory: object;
}

/** Threads that have made their instances and wait. */
export interface Crew {
  /** Calls `run(thread)` of each instance, on all threads at once; done when the last has returned. */
  run(): Promise<void>;
  close(): Promise<void>;
}

export interface Threads {
  readonly count: number;
  start(kernel: SharedKernel): Promise<Crew>;
}
