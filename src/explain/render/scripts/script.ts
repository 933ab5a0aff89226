/**
 * Scripts that put suggestions into Ghidra, IDA and radare2 as comments. They stand in src/explain/scripts/; all
 * that they carry of a report is one literal of base64, so that no name of a file can become code.
 */

import type { Report } from '../../schema.ts';
import { CORE, GHIDRA, IDA, RADARE2 } from '../generated.ts';
import { base64 } from '../html/pack.ts';
import { suggestionsOf } from './suggestions.ts';

/** The tools, and their scripts with places for data. */
const SCRIPTS = {
  ghidra: GHIDRA.replace('@CORE@', () => CORE),
  ida: IDA.replace('@CORE@', () => CORE),
  r2: RADARE2,
} as const;

export type ScriptTool = keyof typeof SCRIPTS;

/** Letters of a literal: Jython, in which Ghidra runs Python, takes no more than 65,535. */
const LITERAL = 32_768;
/** So much of a text, where more follows. */
const LONG = new RegExp(`.{${LITERAL}}(?=.)`, 'g');
/** Between two literals of a list. */
const NEXT = "',\n    '";

/**
 * The script for a tool. It lists what it would add; told so, it adds it, and removes it again.
 * @throws BinscribeError of kind `unsupported` for an object file
 */
export function renderScript(report: Report, tool: ScriptTool): string {
  const data = base64(new TextEncoder().encode(JSON.stringify(suggestionsOf(report))));
  const literals = tool === 'r2' ? data : data.replace(LONG, `$&${NEXT}`);
  return SCRIPTS[tool].replace('@DATA@', () => literals);
}
