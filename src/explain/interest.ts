/**
 * What a reader should see first. A reverse engineer opens a program looking for its `main`, for functions
 * whose names are known or can be told, and for code that says by its strings, imports and numbers what it does;
 * nobody looks for an import stub.
 */

import type { FunctionReport } from './schema.ts';

type Ranked = Pick<
  FunctionReport,
  'kind' | 'role' | 'symbol' | 'instructions' | 'names' | 'capabilities' | 'calls' | 'strings'
>;

/**
 * Points for each sign. Only their order of size matters: the place of `main` and of stubs is certain; a sure
 * name weighs as much as a function of 256 instructions, or as four telling imports, and a cipher little less.
 */
const POINTS = {
  main: 1000,
  entry: 12,
  thunk: -1000,
  fragment: -500,
  symbol: 8,
  name: 8,
  algorithm: 6,
  tellingCall: 2,
  call: 0.3,
  string: 0.7,
} as const;

/** More of the same sign tells nothing new: a table of messages is not ten times as interesting as one. */
const MOST = { tellingCalls: 4, calls: 8, strings: 6 } as const;

/** Imports by which analysts find the code that matters: other programs, the network, memory, keys. */
const TELLING = new Set(
  (
    'execve execv execvp execl execlp system popen fork vfork posix_spawn posix_spawnp ' +
    'socket connect bind listen accept accept4 recv recvfrom recvmsg send sendto sendmsg getaddrinfo ' +
    'dlopen dlsym mmap mprotect ptrace setuid setgid setresuid chroot prctl capset ' +
    'crypt getrandom EVP_EncryptInit_ex EVP_DecryptInit_ex EVP_DigestInit_ex SSL_connect SSL_read SSL_write ' +
    'inflate deflate regcomp regexec getopt_long getopt'
  ).split(' '),
);

/** The points of one function. */
export function interest(of: Ranked): number {
  let points = Math.log2(1 + of.instructions);
  if (of.kind === 'thunk') points += POINTS.thunk;
  if (of.kind === 'fragment') points += POINTS.fragment;
  if (of.role !== null) points += POINTS[of.role];
  if (of.symbol !== null) points += POINTS.symbol;
  else points += POINTS.name * (of.names[0]?.score ?? 0);
  if (of.capabilities.some(({ kind }) => kind === 'algorithm')) points += POINTS.algorithm;
  const telling = of.calls.filter((name) => TELLING.has(name)).length;
  points += POINTS.tellingCall * Math.min(telling, MOST.tellingCalls);
  points += POINTS.call * Math.min(of.calls.length, MOST.calls);
  points += POINTS.string * Math.min(of.strings.length, MOST.strings);
  return points;
}

/** The rank of each function, 1 for the most interesting; of two alike the one at the lower index first. */
export function rank(functions: readonly Ranked[]): number[] {
  const order = functions
    .map((entry, index) => ({ index, points: interest(entry) }))
    .sort((a, b) => b.points - a.points || a.index - b.index);
  const ranks = new Array<number>(functions.length);
  order.forEach(({ index }, place) => (ranks[index] = place + 1));
  return ranks;
}
