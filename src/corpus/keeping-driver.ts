/**
 * The driver of a compiler that keeps more of a compilation than the build does: the object, which the build may strip
 * or delete, and LLVM IR. A build must not notice it: it gets its own compiler's output and exit status, whatever
 * becomes of what is kept.
 *
 * IR is made by a second compilation, after the build's own and of the same source with the same flags. What else there
 * is would cost less and give something else: `-fembed-bitcode` and `-save-temps` hold the IR before optimisation, and
 * compiling to bitcode first and to an object from there makes objects that the build did not ask for.
 *
 * Which compilation a function of a program comes from is written into its debug information: clang puts the text of
 * `-dwarf-debug-flags` behind its version in DW_AT_producer, and we give it a name for the compilation. Paths would not
 * do: libtool compiles each source twice, and a Makefile one source with different macros for two programs.
 */

export interface Keeping {
  /** Folder to keep it in, as the build sees it. */
  folder: string;
  /** Folder above the build's, as the build sees it: no compilation's name tells where a build was done. */
  root: string;
  objects: boolean;
  /** Of clang only. */
  ir: boolean;
}

/** What stands before the name of a compilation in DW_AT_producer. */
export const COMPILATION_MARK = 'binscribe:';

/** Sources that become IR; assembly does not. */
const SOURCES = patterns('*.c *.i *.cc *.cpp *.cxx *.c++ *.C *.ii');

/** What does not compile, and what we cannot look into: standard input, files of arguments. */
const NO_COMPILATION = patterns("-E -S -M -MM -fsyntax-only '-###' - @*");

/** Sources of trials: those of configure, CMake's and Meson's. */
const TRIALS = patterns(
  '*/conftest* */CMakeFiles/CMakeTmp/* */CMakeFiles/CMakeScratch/* */CompilerId*/* */meson-private/*',
);

/** Options whose value is the next argument. */
const WITH_VALUE = patterns(
  '-I -D -U -include -imacros -isystem -iquote -idirafter -iprefix -iwithprefix -iwithprefixbefore -isysroot ' +
    '--sysroot -x -B -target --param -mllvm -Xclang -Xpreprocessor -Xassembler',
);

/** And of those what must not be done twice or is for the linker: lists of dependencies, libraries. */
const DROPPED_WITH_VALUE = patterns(
  '-MF -MT -MQ -MJ --serialize-diagnostics -serialize-diagnostics -L -l -T -u -z -e -rpath -Xlinker',
);
const DROPPED = patterns('-o* -M* -Wp,-M* -save-temps* --save-temps*');

/** After all flags. Without link-time optimisation, which would leave the IR as it is before the link. */
const IR_FLAGS = '-S -emit-llvm -g0 -fno-lto -w';

/**
 * A shell script that stands for the compiler `path` and calls it with `flags` after the build's own. What it keeps is
 * called `<compilation>.<number of the source>.<sources of the compilation>` with `.o` and `.ll`, or `.failed` where there
 * is no IR.
 */
export function keepingDriver(path: string, flags: string, { folder, root, objects, ir }: Keeping): string {
  const mark = ir ? ` -Xclang -dwarf-debug-flags -Xclang ${COMPILATION_MARK}"$name"` : '';
  return `#!/bin/sh
# walk NUMBER ARGUMENT...: counts sources; what is kept of the one with the number, from 1
walk() {
  wanted=$1 count=$(($# - 1)) sources=0 other= value= output= object=
  shift
  while [ $count -gt 0 ]; do
    argument=$1 count=$((count - 1))
    shift
    case $value in
    output) value= output=$argument; continue ;;
    drop) value=; continue ;;
    keep) value=; set -- "$@" "$argument"; continue ;;
    esac
    case $argument in
    ${NO_COMPILATION}) other=1 ;;
    -o) value=output ;;
    ${DROPPED_WITH_VALUE}) value=drop ;;
    ${DROPPED}) [ "$argument" = "\${argument#-o}" ] || output=\${argument#-o} ;;
    ${WITH_VALUE}) value=keep; set -- "$@" "$argument" ;;
    -c) object=1 ;;
    -*) set -- "$@" "$argument" ;;
    ${SOURCES})
      case $PWD/$argument in ${TRIALS}) other=1 ;; esac
      sources=$((sources + 1))
      [ $sources != "$wanted" ] || { source=$argument; set -- "$@" "$argument"; } ;;
    esac
  done
  [ "$wanted" = 0 ] || keep "$@"
}
keep() {
  kept=${quote(folder)}/$name.$wanted.$last
${objects ? KEEP_OBJECT : ''}${ir ? keepIr(path, flags) : ''}}
walk 0 "$@"
[ -z "$other" ] && [ $sources -gt 0 ] || exec ${path} "$@" ${flags}
# The same command may stand for another source: some builds copy one into place after the other.
name=$({
  printf '%s\\0' "\${PWD#${quote(root)}}" "$@"
  for argument; do case $argument in ${SOURCES}) cat -- "$argument" ;; esac; done
} 2>/dev/null | md5sum)
name=\${name%% *}
${path} "$@" ${flags}${mark} || exit
(
  last=$sources number=1
  while [ $number -le $last ]; do walk $number "$@"; number=$((number + 1)); done
) </dev/null >/dev/null 2>&1 || :
`;
}

const KEEP_OBJECT = `  if [ -n "$object" ]; then
    made=\${source##*/}
    cp -- "\${output:-\${made%.*}.o}" "$kept.part" && mv "$kept.part" "$kept.o"
  fi
`;

function keepIr(path: string, flags: string): string {
  return `  if ${path} "$@" ${flags} ${IR_FLAGS} -o "$kept.part"; then mv "$kept.part" "$kept.ll"
  else rm -f "$kept.part"; : >"$kept.failed"
  fi
`;
}

/** A word of a shell script. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Of a shell's `case`. */
function patterns(list: string): string {
  return list.replaceAll(' ', '|');
}
