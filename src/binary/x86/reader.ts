/** The instructions of a piece of code, by their forms where these are known and by iced-x86 where they are not. */

import { FormTree, type Form } from './forms.ts';
import { IcedReader } from './iced.ts';

/** What has been met in any code: it saves time and changes no answer. */
const KNOWN = new FormTree();

export class InstructionReader {
  private readonly code: Uint8Array;
  private readonly address: number;
  /** Whether addresses are exact as numbers, so that constants may be added to them. */
  private readonly exact: boolean;
  private iced: IcedReader | undefined;

  constructor(code: Uint8Array, address: number) {
    this.code = code;
    this.address = address;
    this.exact = address + code.length <= Number.MAX_SAFE_INTEGER;
  }

  /** The instruction that starts at `at`; where there is none, INVALID of one byte. */
  read(at: number): Form {
    const known = KNOWN.find(this.code, at);
    if (known && (this.exact || known.constants.length === 0)) return known;
    this.iced ??= new IcedReader(this.code, this.address);
    const form = this.iced.read(at);
    const constants = known ? null : this.iced.constants(form, at);
    if (!constants) return form;
    const size = Math.min(form.length, ...constants.map(({ offset }) => offset));
    KNOWN.add(this.code, at, size, { ...form, constants });
    return form;
  }

  free(): void {
    this.iced?.free();
  }
}
