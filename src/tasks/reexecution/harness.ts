/**
 * What stands around a candidate and its unit test, so that only a test that came to its end counts as passed: a
 * candidate that leaves by `exit(0)`, or that switches assertions off, has not.
 *
 * It guards against what code does, by accident or by design, that was written without knowledge of it. It is no proof
 * against code that looks for the harness in its own process.
 */

/**
 * Stands for the system's `assert.h`. Whatever a candidate defines (`NDEBUG`, `__assert_fail`), the test's assertions
 * hold: ISO C says that each inclusion defines `assert` anew, and a trap calls no function.
 */
export const ASSERT_HEADER = `#undef assert
#define assert(...) ((__VA_ARGS__) ? (void)0 : __builtin_trap())
#undef static_assert
#define static_assert _Static_assert
`;

/** Of `__builtin_trap`, as a shell reports it: 128 and SIGILL. */
export const TRAPPED = 132;

/** File that the harness writes to. */
export const TOLD = 3;

/** Flag of the linker by which the start-up code calls the harness in the place of the test's `main`. */
export const WRAP_MAIN = '-Wl,--wrap=main';

/**
 * Calls the test's `main`, which keeps its name, since only `main` returns 0 without a `return`. The word that it says
 * at the end comes from standard input, before the candidate runs, so that it is in no file.
 */
export const HARNESS = `#include <unistd.h>

int __real_main(int, char **, char **);

int __wrap_main(int count, char **arguments, char **environment)
{
  char word[64];
  ssize_t length = read(0, word, sizeof word);
  int status = __real_main(count, arguments, environment);
  if (status == 0 && length > 0 && write(${TOLD}, word, length) != length)
    return 1;
  return status;
}
`;
