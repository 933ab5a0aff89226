/** The forms in which a function's code is in a page: what one side packs, the other opens. */

/** A function's code with little around it; thousands of them are in a page. */
export interface PackedCode {
  /** A hexadecimal digit for each instruction: its bytes, of which there are at most 15. */
  lengths: string;
  /** The instructions, a line each. */
  text: string;
  /** The instructions that have one: which of them, and the note. */
  notes: [line: number, note: string][];
  /** For each block how many instructions it has, and then the blocks that may follow. */
  blocks: number[][];
  incomplete: boolean;
}

/** Some functions of the report that follow each other. */
export interface Chunk {
  /** Which function of the report is the first. */
  first: number;
  /** An array of `PackedCode`, packed. */
  data: string;
}
