/** Functions that do not come back to their caller: after a call of one, code of something else may follow. */

/** Of the C library, as Debian's programs import them. `error` is none: it returns for a status of 0. */
const NAMES: ReadonlySet<string> = new Set([
  'abort',
  'exit',
  '_exit',
  '_Exit',
  'quick_exit',
  'err',
  'errx',
  'verr',
  'verrx',
  '__stack_chk_fail',
  '__assert_fail',
  '__assert_perror_fail',
  '__fortify_fail',
  '__chk_fail',
  '__longjmp_chk',
  '__libc_start_main',
  'longjmp',
  '_longjmp',
  'siglongjmp',
  'pthread_exit',
  'thrd_exit',
  '__cxa_throw',
  '__cxa_rethrow',
  '__cxa_bad_cast',
  '__cxa_bad_typeid',
  '__cxa_throw_bad_array_new_length',
  '_Unwind_Resume',
  '_ZSt9terminatev',
  '_ZSt10unexpectedv',
]);

/** C++'s helpers for errors: std::__throw_length_error(char const*) and its kin. */
const THROWERS = /^_ZSt\d+__throw_/;

/** Whether the import of this name never returns. */
export function neverReturns(name: string | undefined): boolean {
  return name !== undefined && (NAMES.has(name) || THROWERS.test(name));
}
