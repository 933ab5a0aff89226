/** What lies at an address: the file's bytes as they would stand in memory. */

/** A stretch of addresses. Bytes past `bytes.length` up to `size` are zero (`.bss`). */
export interface Region {
  address: number;
  size: number;
  bytes: Uint8Array;
  executable: boolean;
  writable: boolean;
  /** Section name, or `segment N`. */
  name: string;
}

export class AddressSpace {
  /** Sorted by address, without overlaps: of two regions that overlap, the first given wins. */
  readonly regions: readonly Region[];

  constructor(regions: Region[]) {
    const sorted = regions.filter((r) => r.size > 0).sort((a, b) => a.address - b.address);
    const kept: Region[] = [];
    for (const region of sorted) {
      const last = kept.at(-1);
      if (last && region.address < last.address + last.size) continue;
      kept.push(region);
    }
    this.regions = kept;
  }

  /** The region that holds `address`. */
  find(address: number): Region | undefined {
    let low = 0;
    let high = this.regions.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const region = this.regions[middle];
      if (address < region.address) high = middle - 1;
      else if (address >= region.address + region.size) low = middle + 1;
      else return region;
    }
    return undefined;
  }

  isExecutable(address: number): boolean {
    return this.find(address)?.executable ?? false;
  }

  /** At most `size` bytes that the file holds at `address`; empty where it holds none. Not copied. */
  slice(address: number, size: number): Uint8Array {
    const region = this.find(address);
    if (!region) return new Uint8Array(0);
    const start = address - region.address;
    return region.bytes.subarray(start, start + size);
  }
}
