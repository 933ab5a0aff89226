/** Where a training keeps its files. Implementations live at the edges: `src/runtimes/`. */

export interface Store {
  /** `null` where there is no such file. */
  read(name: string): Promise<Uint8Array | null>;
  /** All or nothing: whoever reads, even after a crash, finds the old file or the new one. */
  write(name: string, content: Uint8Array): Promise<void>;
  append(name: string, text: string): Promise<void>;
}

/** What was written there as JSON; `null` where there is no such file. */
export async function readJson<T>(store: Store, name: string): Promise<T | null> {
  const bytes = await store.read(name);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
}
