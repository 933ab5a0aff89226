/** What Binscribe uses of the machine: how to tell that it is there, and how to get it. */

import { spawnSync } from 'node:child_process';
import { describeError } from '../error.ts';
import type { Session } from './session.ts';

/** The jobs, in the order in which people come to need them. */
export const JOBS = {
  explain: 'Explaining programs',
  corpus: 'Building data sets from Debian packages',
  tests: "Running the project's tests",
} as const;

export type Job = keyof typeof JOBS;

export interface Check {
  job: Job;
  /** What is looked for. */
  name: string;
  /** What it is for. */
  purpose: string;
  ok: boolean;
  /** A version, or what is wrong. */
  found: string;
  /** Debian packages that bring it. */
  packages: string[];
  /** A command that repairs it where a package does not. */
  repair: string | null;
}

/** The Node that package.json asks for. */
const NODE = [20, 19] as const;
/** A probe is a `--version`; one that hangs is as good as missing. */
const PROBE_MILLISECONDS = 20_000;

interface Tool {
  job: Job;
  command: string;
  args: string[];
  purpose: string;
  package: string;
}

const version = (job: Job, command: string, purpose: string, from: string = command): Tool => ({
  job,
  command,
  args: ['--version'],
  purpose,
  package: from,
});

/** What a namespace needs is more than the program: containers often forbid it. */
const SANDBOX_PROBE = ['--ro-bind', '/', '/', '--unshare-all', 'true'];

const TOOLS: readonly Tool[] = [
  version('corpus', 'gcc-12', 'compiles the data set'),
  version('corpus', 'clang-14', 'compiles the data set'),
  version('corpus', 'clang-19', 'compiles the data set'),
  version('corpus', 'make', "runs the packages' builds"),
  {
    job: 'corpus',
    command: 'bwrap',
    args: SANDBOX_PROBE,
    purpose: 'keeps builds away from the machine',
    package: 'bubblewrap',
  },
  version('corpus', 'dpkg-source', 'unpacks source packages', 'dpkg-dev'),
  version('tests', 'gcc-11', 'compiles fixtures'),
  version('tests', 'readelf', 'checks our reader', 'binutils'),
  version('tests', 'objdump', 'checks our reader', 'binutils'),
  version('tests', 'llvm-dwarfdump-19', 'checks our reader', 'llvm-19'),
];

/** Asks the sources of apt to name source packages too. */
const ADD_DEB_SRC =
  "sed -i 's/^Types: deb$/Types: deb deb-src/' /etc/apt/sources.list.d/debian.sources && apt-get update";

/** Looks at everything. Takes a second or two. */
export async function checkMachine(session: Session): Promise<Check[]> {
  return [
    checkNode(process.versions.node),
    await checkModel(session),
    ...TOOLS.map(checkTool),
    checkSourcePackages(),
  ];
}

export function checkNode(running: string): Check {
  const [major, minor] = running.split('.').map(Number);
  return {
    job: 'explain',
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
    job: 'explain',
    name: 'model',
    purpose: 'gives names, compiler, level and arguments',
    packages: [],
    repair: 'npm install binscribe (the model comes with the package)',
  };
  try {
    return { ...check, ok: true, found: (await session.openModel(undefined)).card.id };
  } catch (error) {
    return { ...check, ok: false, found: describeError(error) };
  }
}

function checkTool({ job, command, args, purpose, package: from }: Tool): Check {
  const run = spawnSync(command, args, { encoding: 'utf8', timeout: PROBE_MILLISECONDS });
  const ok = run.status === 0;
  const failed =
    run.error && 'code' in run.error && run.error.code === 'ENOENT'
      ? 'not installed'
      : `does not run: ${firstLine(run.stderr ?? '')}`;
  return {
    job,
    name: command,
    purpose,
    ok,
    found: ok ? (/\d+\.\d+(?:[.+~-]\w+)*/.exec(run.stdout)?.[0] ?? 'runs') : failed,
    packages: [from],
    repair: null,
  };
}

function checkSourcePackages(): Check {
  const run = spawnSync('apt-get', ['indextargets', '--format', '$(CREATED_BY)'], {
    encoding: 'utf8',
    timeout: PROBE_MILLISECONDS,
  });
  const ok = run.status === 0 && /^Sources$/m.test(run.stdout);
  return {
    job: 'corpus',
    name: 'deb-src',
    purpose: 'names the source packages to apt',
    ok,
    found: ok ? 'configured' : 'no deb-src line in the sources of apt',
    packages: [],
    repair: ADD_DEB_SRC,
  };
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0];
}
