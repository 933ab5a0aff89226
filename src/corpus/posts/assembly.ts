/** How much of a block is x86 assembly, by its lines. */

const MNEMONICS = new Set(
  (
    'mov movb movw movl movq movzx movsx movzbl movzbw movsbl movslq movabs movss movsd movaps movups movdqa movdqu ' +
    'lea leal leaq leaw push pushl pushq pop popl popq call callq ret retq leave leaveq enter jmp jmpq je jne jz jnz jg ' +
    'jge jl jle ja jae jb jbe js jns jo jno jc jnc loop add addb addw addl addq sub subb subw subl subq imul imull imulq ' +
    'mul mull mulq idiv idivl idivq div divl divq inc incl incq dec decl decq neg not and andb andl andq or orb orl orq ' +
    'xor xorb xorw xorl xorq shl shll shlq shr shrl shrq sal sar sarl sarq rol ror cmp cmpb cmpw cmpl cmpq test testb ' +
    'testl testq cmove cmovne cmovg cmovl sete setne setg setl cdq cqo cltq cltd nop int syscall sysenter hlt cli sti ' +
    'rep repne stosb stosd stosq lodsb movsb cld std xchg cmpxchg lock bswap bsf bsr popcnt rdtsc cpuid pxor por addss ' +
    'addsd mulss mulsd subss subsd divsd sqrtsd cvtsi2sd cvttsd2si fld fstp fadd fmul fldpi endbr64 ud2'
  ).split(' '),
);

const DIRECTIVES = new Set(
  (
    '.globl .global .text .data .bss .section .ascii .asciz .string .long .quad .byte .word .zero .align .p2align .type ' +
    '.size .file .ident .intel_syntax .att_syntax .code32 .code64 .cfi_startproc .cfi_endproc section segment global ' +
    'bits org'
  ).split(' '),
);

/** Directives that stand after a name: `message db "text"`. */
const DATA = /^[.\w$@]{1,64}\s+(db|dw|dd|dq|resb|resw|resd|resq|equ)\s/i;

/** Share of the lines, comments left out, that are assembly; 0 of a single line, which says too little. */
export function assemblyShare(code: string): number {
  let lines = 0;
  let assembly = 0;
  for (const line of code.split('\n')) {
    const text = line.trim();
    if (text === '' || text[0] === '#' || text[0] === ';' || text.startsWith('//')) continue;
    lines++;
    if (isAssemblyLine(text)) assembly++;
  }
  return lines < 2 ? 0 : assembly / lines;
}

function isAssemblyLine(line: string): boolean {
  // What C ends with no line of assembly does; a `;` would begin a comment there.
  if (line.endsWith(';') || line.endsWith('{') || line.endsWith('}')) return false;
  const [label, ...rest] = line.split(':');
  const isLabel = rest.length > 0 && /^[.\w$@]{1,64}$/.test(label);
  const text = isLabel ? rest.join(':').trim() : line;
  if (text === '') return true;
  const end = text.search(/[\s;]/);
  const first = (end < 0 ? text : text.slice(0, end)).toLowerCase();
  if (DIRECTIVES.has(first) || first.startsWith('.cfi_') || DATA.test(text)) return true;
  if (!MNEMONICS.has(first)) return false;
  // English has `call`, `test`, `and`: an instruction's operand is a register, a number or a symbol, not a sentence.
  return text.split(/\s+/).length <= 4 || /[%[,]/.test(text);
}
