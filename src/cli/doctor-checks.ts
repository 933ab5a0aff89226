/** What Binscribe uses of the machine, by job: how to tell that it is there, and how to get it. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { openSandbox } from '../corpus/sandbox.ts';
import { describeError } from '../error.ts';
import type { Session } from './session.ts';

/** The jobs, in the order in which people come to need them. */
export const JOBS = {
  explain: 'Explaining programs (nothing else is needed)',
  tests: "Running the project's tests (npm run check installs what they lack)",
  corpus: 'Building data sets from Debian packages and libraries, and measuring on them',
} as const;

export type Job = keyof typeof JOBS;

export interface Check {
  /** Those that need it. */
  jobs: readonly Job[];
  /** What is looked for. */
  name: string;
  /** What it is for. */
  purpose: string;
  ok: boolean;
  /** A version, or what is wrong. */
  found: string;
  /** Debian packages that bring it. */
  packages: string[];
  /** What repairs it where it is no package that is missing. */
  repair: string | null;
}

/** The Node that package.json asks for. */
const NODE = [20, 19] as const;
/** A probe is a `--version`; one that hangs is as good as missing. */
const PROBE_MILLISECONDS = 20_000;

interface Tool {
  jobs: readonly Job[];
  command: string;
  package: string;
  purpose: string;
  /** What it is asked, to see that it runs: by default its version. */
  probe?: string;
}

const TESTS: readonly Job[] = ['tests'];
const CORPUS: readonly Job[] = ['corpus'];
const BOTH: readonly Job[] = ['tests', 'corpus'];

/** scripts/check-tools.sh installs those of the tests; a test holds the two together. */
const TOOLS: readonly Tool[] = [
  { jobs: TESTS, command: 'gcc-11', package: 'gcc-11', purpose: 'compiles' },
  { jobs: BOTH, command: 'gcc-12', package: 'gcc-12', purpose: 'compiles' },
  { jobs: BOTH, command: 'g++-12', package: 'g++-12', purpose: 'compiles' },
  { jobs: BOTH, command: 'clang-14', package: 'clang-14', purpose: 'compiles' },
  { jobs: BOTH, command: 'clang-19', package: 'clang-19', purpose: 'compiles' },
  { jobs: BOTH, command: 'make', package: 'make', purpose: "runs packages' builds" },
  { jobs: BOTH, command: 'cmake', package: 'cmake', purpose: "runs packages' builds" },
  { jobs: BOTH, command: 'meson', package: 'meson', purpose: "runs packages' builds" },
  { jobs: BOTH, command: 'ninja', package: 'ninja-build', purpose: "runs packages' builds" },
  { jobs: CORPUS, command: 'autoconf', package: 'autoconf', purpose: 'for packages that Debian patches' },
  { jobs: CORPUS, command: 'automake', package: 'automake', purpose: 'for packages that Debian patches' },
  { jobs: CORPUS, command: 'libtoolize', package: 'libtool', purpose: 'for packages that Debian patches' },
  { jobs: CORPUS, command: 'autopoint', package: 'autopoint', purpose: 'for packages that Debian patches' },
  { jobs: CORPUS, command: 'apt-get', package: 'apt', purpose: 'fetches source packages' },
  { jobs: BOTH, command: 'dpkg-source', package: 'dpkg-dev', purpose: 'unpacks source packages' },
  { jobs: BOTH, command: 'xz', package: 'xz-utils', purpose: 'unpacks packages and data sets' },
  { jobs: BOTH, command: 'strip', package: 'binutils', purpose: 'makes stripped twins of programs' },
  { jobs: TESTS, command: 'readelf', package: 'binutils', purpose: 'checks our reader' },
  { jobs: TESTS, command: 'objdump', package: 'binutils', purpose: 'checks our reader' },
  { jobs: TESTS, command: 'llvm-dwarfdump-19', package: 'llvm-19', purpose: 'checks our reader' },
  {
    jobs: TESTS,
    command: 'check-model',
    package: 'python3-onnx',
    purpose: 'checks exported models',
    probe: '--help',
  },
  {
    jobs: TESTS,
    command: 'chromium-headless-shell',
    package: 'chromium-headless-shell',
    purpose: 'runs graphs in a page',
  },
  { jobs: TESTS, command: 'lexgrog', package: 'man-db', purpose: 'checks our reader of manual pages' },
];

/** Debian's files that corpora/libc.json and corpora/libcrypto.json are made of. */
const FILES: readonly { path: string; package: string; purpose: string }[] = [
  { path: '/usr/lib/x86_64-linux-gnu/libc.a', package: 'libc6-dev', purpose: 'a data set of libraries' },
  { path: '/usr/lib/x86_64-linux-gnu/libm-2.36.a', package: 'libc6-dev', purpose: 'a data set of libraries' },
  { path: '/usr/lib/x86_64-linux-musl/libc.a', package: 'musl-dev', purpose: 'a data set of libraries' },
  {
    path: '/usr/lib/x86_64-linux-gnu/libcrypto.a',
    package: 'libssl-dev',
    purpose: 'a data set of libraries',
  },
  { path: '/usr/share/man/man3/strlen.3.gz', package: 'manpages-dev', purpose: 'says what they do' },
  { path: '/usr/share/man/man3/BIO_read.3ssl.gz', package: 'libssl-doc', purpose: 'says what they do' },
];

/** Looks at everything. Takes a second or two. */
export async function checkMachine(session: Session): Promise<Check[]> {
  return [
    checkNode(process.versions.node),
    await checkModel(session),
    ...TOOLS.map(checkTool),
    ...FILES.map(checkFile),
    checkSandbox(),
  ];
}

export function checkNode(running: string): Check {
  const [major, minor] = running.split('.').map(Number);
  return {
    jobs: ['explain'],
    name: 'Node',
    purpose: 'runs binscribe',
    ok: major > NODE[0] || (major === NODE[0] && minor >= NODE[1]),
    found: running,
    packages: [],
    repair: `install Node ${NODE.join('.')} or newer`,
  };
}

async function checkModel(session: Session): Promise<Check> {
  const check: Omit<Check, 'ok' | 'found'> = {
    jobs: ['explain'],
    name: 'model',
    purpose: 'gives names, compiler, level and arguments',
    packages: [],
    repair: 'npm install binscribe, again: the model comes with it',
  };
  try {
    return { ...check, ok: true, found: (await session.openModel(undefined)).card.id };
  } catch (error) {
    return { ...check, ok: false, found: describeError(error) };
  }
}

function checkTool({ jobs, command, package: from, purpose, probe = '--version' }: Tool): Check {
  const run = spawnSync(command, [probe], { encoding: 'utf8', timeout: PROBE_MILLISECONDS });
  const ok = run.status === 0;
  const failed =
    run.error && 'code' in run.error && run.error.code === 'ENOENT'
      ? 'not installed'
      : `does not run: ${firstLine(run.stderr ?? '')}`;
  return {
    jobs,
    name: command,
    purpose,
    ok,
    found: ok ? (/\d+\.\d+(?:[.+~-]\w+)*/.exec(run.stdout)?.[0] ?? 'runs') : failed,
    packages: [from],
    repair: null,
  };
}

function checkFile({ path, package: from, purpose }: (typeof FILES)[number]): Check {
  const ok = existsSync(path);
  return {
    jobs: CORPUS,
    name: basename(path),
    purpose: `${purpose} (${dirname(path)})`,
    ok,
    found: ok ? 'there' : 'not installed',
    packages: [from],
    repair: null,
  };
}

/** Whether builds can be locked in here: containers often forbid the namespaces that it takes. */
function checkSandbox(): Check {
  const check = {
    jobs: BOTH,
    name: 'bwrap',
    purpose: 'keeps builds away from the machine',
    packages: ['bubblewrap'],
  };
  try {
    openSandbox();
    return { ...check, ok: true, found: 'works', repair: null };
  } catch (error) {
    const installed = spawnSync('bwrap', ['--version'], { timeout: PROBE_MILLISECONDS }).status === 0;
    return {
      ...check,
      ok: false,
      found: installed ? describeError(error) : 'not installed',
      repair: installed ? 'allow user namespaces on this machine or in this container' : null,
    };
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0];
}
