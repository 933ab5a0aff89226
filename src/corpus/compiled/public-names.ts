/**
 * Names that libraries use inside for functions that the manual knows by another name. Only rules that are certain: what
 * is at the same address needs none (`_IO_puts` is `puts`), and of the rest a bare `_IO_` or `__` proves nothing, since
 * `_IO_getline` is not getline(3).
 */

/** What glibc's versions of one function for different processors are called after (sysdeps/x86_64/multiarch). */
const PROCESSORS =
  'sse2 ssse3 sse4_1 sse41 sse4_2 sse42 avx avx2 avx512 evex evex256 evex512 fma fma3 fma4 movbe erms rtm unaligned ' +
  'no_bsf no_vzeroupper generic c';

/**
 * `__GI_puts`, glibc's name of `puts` for its own calls. `__strlen_avx2` as above. `__memcpy_chk`, which by the Linux
 * Standard Base does what `memcpy` does and checks the size of the target. `__ieee754_exp`, which is `exp` without
 * `errno`. These may come together: `__memcpy_chk_erms`.
 */
const HIDDEN = /^__GI_(.+)$/;
const INTERNAL = new RegExp(`^__(ieee754_)?(.+?)(_chk)?((?:_(?:${PROCESSORS.replaceAll(' ', '|')}))*)$`);

/** Characters of the longest name that is looked at: a hostile one may have millions. */
const LONGEST_NAME = 256;

/** The public name of what a library calls `name` inside, or null where no rule says that there is one. */
export function publicName(name: string): string | null {
  if (name.length > LONGEST_NAME) return null;
  const hidden = HIDDEN.exec(name);
  if (hidden) return hidden[1];
  const [, math, base, checked, processor] = INTERNAL.exec(name) ?? [];
  return math !== undefined || checked !== undefined || (processor ?? '') !== '' ? base : null;
}
