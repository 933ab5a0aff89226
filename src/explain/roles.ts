/** The functions that the start-up code tells apart with certainty: the entry point, and `main`. */

import type { Binary, FoundFunction } from '../binary/binary.ts';
import type { Instruction } from '../binary/instruction.ts';
import { disassemble } from '../binary/x86/disassemble.ts';
import { Register } from 'iced-x86';
import type { Role } from './schema.ts';

/** The C library's start-up function takes `main` as its first argument; glibc's and musl's names are one. */
const STARTER = '__libc_start_main';

/** Roles by address of a function in `functions`. */
export function findRoles(binary: Binary, functions: readonly FoundFunction[]): Map<number, Role> {
  const roles = new Map<number, Role>();
  const entry = functions.find((found) => found.address === binary.entry);
  if (entry === undefined) return roles;
  roles.set(entry.address, 'entry');
  const main = binary.budget.attempt('entry point', () => mainOf(binary, entry), undefined);
  if (main !== undefined && functions.some((found) => found.address === main)) roles.set(main, 'main');
  return roles;
}

/** What the entry function last put into rdi before it called the starter. */
function mainOf(binary: Binary, entry: FoundFunction): number | undefined {
  const { instructions, calls } = disassemble(binary, entry);
  const starts = new Set(calls.filter((call) => binary.imports.get(call.to) === STARTER).map((c) => c.from));
  let argument: number | undefined;
  for (const instruction of instructions) {
    argument = addressIntoRdi(instruction) ?? argument;
    if (starts.has(instruction.address) || callsStarterBySlot(binary, instruction)) return argument;
  }
  return undefined;
}

function callsStarterBySlot(binary: Binary, { flow, operands }: Instruction): boolean {
  const target = operands[0];
  return (
    flow === 'indirect-call' &&
    target?.kind === 'memory' &&
    target.ripRelative &&
    binary.imports.get(target.displacement) === STARTER
  );
}

/** The address that an instruction puts into rdi: `lea rdi, [rip + x]`, or `mov` of a constant. */
function addressIntoRdi({ operands }: Instruction): number | undefined {
  const [destination, source] = operands;
  if (destination?.kind !== 'register' || source === undefined) return undefined;
  if (destination.register !== Register.RDI && destination.register !== Register.EDI) return undefined;
  if (source.kind === 'immediate') return source.value;
  // A read through memory (size > 0) would be the value there, not the address.
  return source.kind === 'memory' && source.ripRelative && source.size === 0
    ? source.displacement
    : undefined;
}
