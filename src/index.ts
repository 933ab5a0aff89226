/**
 * Binscribe as a library. Everything here is pure: bytes in, values out, in Node and in a browser alike.
 *
 * @example
 * import { readFile } from 'node:fs/promises';
 * import { findFunctions, openBinary } from 'binscribe';
 *
 * const binary = openBinary(await readFile('/bin/ls'));
 * for (const found of findFunctions(binary)) console.log(found.address.toString(16), found.kind, found.symbol);
 */

// The main job: a program and a model become one report, and a report becomes text, JSON, a page, a table, a script.
export { explain, type ExplainOptions } from './explain/explain.ts';
// `binscribe/node` opens the model of meaning that questions and labels need, and the one that writes summaries.
export { ask, type AskOptions } from './explain/ask.ts';
export { askSchema, type Asked } from './explain/ask-schema.ts';
export type { MeaningModel } from './models/meaning/model.ts';
export type { SummaryModel } from './models/summaries/model.ts';
export { DEFAULT_LABELS } from './models/meaning/default-labels.ts';
export { Labeller, namedLabel, type GivenLabel, type Label } from './models/meaning/labels.ts';
export { listFunctions, type Listing, type ListOptions } from './explain/inventory.ts';
export type { Inventory } from './explain/inventory-schema.ts';
export { reportSchema, type FunctionReport, type Report } from './explain/schema.ts';
export { renderText, type TextOptions } from './explain/render/text.ts';
export { renderJson } from './explain/render/json.ts';
export { renderHtml } from './explain/render/html/report.ts';
export { CodePacker } from './explain/render/html/payload.ts';
export { CSV_COLUMNS, renderCsv } from './explain/render/csv.ts';
export { renderScript, type ScriptTool } from './explain/render/scripts/script.ts';
export type { CodeBlock, CodeLine, FunctionCode } from './explain/code.ts';
export { isPrintable, sanitize } from './explain/sanitize.ts';

// The reader: a file's bytes become functions, instructions and control flow.
export { openBinary, type OpenOptions } from './binary/open.ts';
export { type ArchiveMember, isArchive, readArchive } from './binary/archive.ts';
export { findFunctions } from './binary/functions.ts';
export { disassemble } from './binary/x86/disassemble.ts';
export { formatCode, type InstructionText } from './binary/x86/format.ts';
export { Budget, DEFAULT_LIMITS, type Cut, type Limits } from './binary/budget.ts';
export type { Binary, FoundFunction } from './binary/binary.ts';
export type { BasicBlock, CallSite, FunctionBody, Instruction, Operand } from './binary/instruction.ts';

// The seam for models: whoever fills it can explain. A model folder is read through a function from name to bytes.
export { loadModel } from './models/folder.ts';
// What an encoder shall know beside its own functions goes to `loadModel` as `known`.
export { loadKnown, type KnownPart } from './models/known/folder.ts';
export type {
  FunctionAnswer,
  FunctionInput,
  Model,
  Neighbour,
  ProgramInput,
  Quoted,
} from './models/model.ts';

// What goes wrong, by kind; the kinds are the exit codes of the command.
export { BinscribeError, EXIT_CODES, type ErrorKind } from './error.ts';
export { VERSION } from './version.ts';
