/**
 * A function's LLVM IR as a stripped module would have it: what only the source or the neighbourhood decides is left out
 * (names of values, types and own functions, numbers of values, attributes, metadata), so that the same instructions are
 * the same text wherever they stand. Names of functions of elsewhere stay, as they stay in a stripped program.
 *
 *     define i32 @function(i32 %)
 *     % = alloca i32
 *     store i32 %, i32* %
 *     % = call i32 @strlen(i8* @data)
 *     br i1 %, label %, label %
 *     label:
 *     ret i32 %
 */

/**
 * Attributes of parameters, results, calls and functions, and what optimisers have found out: LLVM Language Reference,
 * "Parameter Attributes", "Function Attributes", "Linkage Types" and "Runtime Preemption Specifiers".
 */
const WORDS =
  'noundef nonnull nocapture readonly readnone writeonly returned immarg noalias nofree nest signext zeroext inreg ' +
  'dso_local local_unnamed_addr unnamed_addr internal private linkonce_odr weak hidden tail musttail notail inbounds ' +
  'nsw nuw exact dead_on_unwind writable allocptr noreturn nounwind builtin';

/** Those that have something in parentheses, which may hold some too. */
const CALLED = 'dereferenceable|dereferenceable_or_null|align|byval|sret|memory|range|captures|comdat';

const ATTRIBUTES = new RegExp(
  ` (?:${WORDS.replaceAll(' ', '|')}|(?:${CALLED})\\([^()]*(?:\\([^()]*\\)[^()]*)*\\)|` +
    'align \\d+|#\\d+|comdat|personality .*)(?=[ ,(){]|$)',
  'g',
);

/** `, !tbaa !5`, `!dbg !7` at the end of what carries it; `, align 4`. */
const METADATA = /,? ![\w.]+(?: ![\w.]+)?|, align \d+/g;
const DEBUG_CALL = /^(?:tail )?call void @llvm\.dbg\./;
const COMMENT = /\s*;.*$/;
const GLOBAL = /@("[^"]*"|[-\w$.]+)(\(?)/g;
/** `%struct.point`, `%"class.std::vector"`, `%union.anon.3`; other locals are values and labels. */
const NAMED_TYPE = /%"?(struct|class|union)\.(?:[^"\s,*)\]}]+)"?/g;
const LOCAL = /%(?:"[^"]*"|(?!(?:struct|class|union)\b)[-\w$.]+)/g;
const LABEL = /^(?:"[^"]*"|[-\w$.]+):/;

/**
 * @param ir text of one function as LLVM prints it, from `define` to `}`
 * @param isOwn whether a function of a name is the program's own: its name is not told
 */
export function normalizedIr(ir: string, isOwn: (name: string) => boolean): string {
  const lines: string[] = [];
  for (const raw of ir.split('\n')) {
    const line = raw.replace(COMMENT, '').trim();
    if (line === '' || line === '}' || DEBUG_CALL.test(line)) continue;
    lines.push(LABEL.test(line) ? 'label:' : lineOf(line, isOwn));
  }
  return lines.join('\n');
}

function lineOf(line: string, isOwn: (name: string) => boolean): string {
  const isDefinition = line.startsWith('define ');
  return line
    .replace(METADATA, '')
    .replace(ATTRIBUTES, '')
    .replace(GLOBAL, (_, quoted: string, open: string) => {
      const name = quoted.replaceAll('"', '');
      if (open === '') return '@data';
      return isDefinition || isOwn(name) ? '@function(' : `@${name}(`;
    })
    .replace(NAMED_TYPE, '%$1')
    .replace(LOCAL, '%')
    .replace(/ ?\{$/, '')
    .replace(/ {2,}/g, ' ');
}
