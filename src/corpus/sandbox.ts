/**
 * Runs a command that may be hostile. Compilers read text of strangers and a package's build runs their
 * scripts, so both see a machine with the toolchain and their own directory, and nothing else: no network, no
 * account names, no home, no other process.
 *
 * The order matters. The user is dropped first, because a process limit is ignored for root; then bubblewrap
 * makes the namespaces; then the limits are set inside, so that they count what runs there and not us.
 */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { BinscribeError } from '../error.ts';

/** `nobody`: owns no file and runs no service on a Debian machine. */
const DROPPED_USER = 65534;

/** What a run may use; each limit is one process's, but for `processes` and `milliseconds`. */
export interface SandboxLimits {
  /** Wall time of the whole run. */
  milliseconds: number;
  /** Seconds of processor time. */
  cpuSeconds: number;
  /** Bytes of address space. */
  memory: number;
  /** Bytes of the largest file. */
  fileSize: number;
  /** Processes and threads at once. */
  processes: number;
  /** Bytes that standard output and standard error may yield together. */
  output: number;
}

/**
 * Twice to ten times what the largest steps of the packages in `corpora/` need: clang-19 at -O3 takes 0.5 GB
 * and 20 s for one file, `make` has a dozen processes, a build prints 2 MB.
 */
const DEFAULT_SANDBOX_LIMITS: SandboxLimits = {
  milliseconds: 30 * 60_000,
  cpuSeconds: 600,
  memory: 4 * 2 ** 30,
  fileSize: 2 ** 30,
  processes: 256,
  output: 32 * 2 ** 20,
};

/** The last bytes of what a run printed are kept: that is where a build says why it failed. */
const KEPT_OUTPUT = 64 * 1024;

export interface SandboxRun {
  /** Shell script, run by `/bin/sh -e`. */
  script: string;
  /** Directory of the host that is seen, read-only, as `Sandbox.root(directory)`. */
  directory: string;
  /** Folder inside it that the script starts in and may write to. */
  writable: string;
  /** Another folder inside it that the script may write to; no other than these. */
  alsoWritable?: string;
  env?: Record<string, string>;
  /** Open file that becomes standard input; none by default. */
  stdin?: number;
  /** Open file that becomes standard output; by default it is kept with standard error in `output`. */
  stdout?: number;
  limits?: Partial<SandboxLimits>;
  signal?: AbortSignal;
}

export interface SandboxResult {
  ok: boolean;
  /** Why it is not ok, in a few words; '' otherwise. */
  reason: string;
  /** Whether it came to its own end, not one that a limit or a signal made. */
  ended: boolean;
  /** The end of what it printed. */
  output: string;
}

export interface Sandbox {
  /** False where the user asked for none. */
  readonly isolated: boolean;
  /** Owner that a writable folder needs, undefined where it is the caller. */
  readonly owner: number | undefined;
  /** Where a run sees the directory that it was given. */
  root(directory: string): string;
  /** @throws BinscribeError of kind `interrupted` once `signal` is aborted. */
  run(run: SandboxRun): Promise<SandboxResult>;
}

/**
 * @throws BinscribeError of kind `missing` where bubblewrap is not installed or does not work here, unless
 *   `unsafe` is true: then commands run unprotected.
 */
export function openSandbox(unsafe = false): Sandbox {
  if (unsafe) return new BareHost();
  const [program, ...rest] = [...dropUser(), ...BUBBLEWRAP, ...systemBinds(), '/bin/true'];
  const probe = spawnSync(program, rest, { encoding: 'utf8' });
  if (probe.status === 0) return new Bubblewrap();
  const why = probe.error?.message ?? probe.stderr.trim();
  throw new BinscribeError('missing', `no sandbox to build packages in: ${why}`, {
    hint: 'apt install bubblewrap, or accept that build scripts run with your rights: --unsafe-no-sandbox',
  });
}

/** Stable, so that no path of the host gets into debug information. */
const INSIDE = '/build';

/** A name of its own for the host, and a session of its own so that no keystroke can be faked to our terminal. */
const BUBBLEWRAP = [
  'bwrap',
  '--unshare-all',
  '--die-with-parent',
  '--new-session',
  '--hostname',
  'sandbox',
  '--clearenv',
];

/** The user that commands run as; undefined where we are no root and it stays the caller. */
const DROP_TO = process.getuid?.() === 0 ? DROPPED_USER : undefined;

function dropUser(): string[] {
  if (DROP_TO === undefined) return [];
  return ['setpriv', `--reuid=${DROP_TO}`, `--regid=${DROP_TO}`, '--clear-groups', '--'];
}

class Bubblewrap implements Sandbox {
  readonly isolated = true;
  readonly owner = DROP_TO;

  root(): string {
    return INSIDE;
  }

  run(run: SandboxRun): Promise<SandboxResult> {
    const limits = { ...DEFAULT_SANDBOX_LIMITS, ...run.limits };
    const environment = Object.entries(environmentOf(run)).flatMap(([name, value]) => [
      '--setenv',
      name,
      value,
    ]);
    const writable = `${INSIDE}/${run.writable}`;
    const bind = (folder: string) => ['--bind', `${run.directory}/${folder}`, `${INSIDE}/${folder}`];
    const folders = ['--ro-bind', run.directory, INSIDE, ...bind(run.writable)];
    if (run.alsoWritable !== undefined) folders.push(...bind(run.alsoWritable));
    const inside = [
      'prlimit',
      `--cpu=${limits.cpuSeconds}`,
      `--as=${limits.memory}`,
      `--fsize=${limits.fileSize}`,
      `--nproc=${limits.processes}`,
      '--core=0',
      '/bin/sh',
      '-e',
      '-c',
      run.script,
    ];
    return execute(
      [
        ...dropUser(),
        ...BUBBLEWRAP,
        ...environment,
        ...folders,
        ...systemBinds(),
        '--chdir',
        writable,
        ...inside,
      ],
      run,
      limits,
      {},
    );
  }
}

/** No protection but the clock and the cap on output. */
class BareHost implements Sandbox {
  readonly isolated = false;
  readonly owner = undefined;

  root(directory: string): string {
    return directory;
  }

  run(run: SandboxRun): Promise<SandboxResult> {
    const limits = { ...DEFAULT_SANDBOX_LIMITS, ...run.limits };
    return execute(['/bin/sh', '-e', '-c', run.script], run, limits, {
      cwd: `${run.directory}/${run.writable}`,
      env: environmentOf(run),
    });
  }
}

function environmentOf(run: SandboxRun): Record<string, string> {
  return { PATH: '/usr/bin:/bin', HOME: '/tmp', TMPDIR: '/tmp', LC_ALL: 'C', TZ: 'UTC', ...run.env };
}

/** Bytes of /tmp, which lies in memory; a link of a large C++ program keeps some 100 MB there. */
const TEMPORARY_SPACE = 2 ** 30;

/** bubblewrap's arguments that lay out the toolchain and nothing else of the machine. */
function systemBinds(): string[] {
  const binds = ['--ro-bind', '/usr', '/usr'];
  // What an administrator put into /usr/local is no part of the distribution's toolchain: builds would differ.
  if (existsSync('/usr/local')) binds.push('--tmpfs', '/usr/local', '--remount-ro', '/usr/local');
  for (const path of ['/bin', '/sbin', '/lib', '/lib64']) {
    if (!existsSync(path)) continue;
    if (lstatSync(path).isSymbolicLink()) binds.push('--symlink', readlinkSync(path), path);
    else binds.push('--ro-bind', path, path);
  }
  // `awk`, `cc` and the like are links through alternatives; the loader wants its cache.
  for (const path of ['/etc/alternatives', '/etc/ld.so.cache']) {
    binds.push('--ro-bind-try', path, path);
  }
  binds.push('--proc', '/proc', '--dev', '/dev', '--size', String(TEMPORARY_SPACE), '--tmpfs', '/tmp');
  // The root and /dev are temporary file systems too: what is written there takes the machine's memory.
  return [...binds, '--remount-ro', '/dev', '--remount-ro', '/'];
}

function execute(
  command: string[],
  run: SandboxRun,
  limits: SandboxLimits,
  options: { cwd?: string; env?: Record<string, string> },
): Promise<SandboxResult> {
  return new Promise((resolve, reject) => {
    // A process group of its own, so that one signal reaches everything that runs in it.
    const child = spawn(command[0], command.slice(1), {
      ...options,
      detached: true,
      stdio: [run.stdin ?? 'ignore', run.stdout ?? 'pipe', 'pipe'],
    });
    let stopped = '';
    let printed = 0;
    let kept: Buffer[] = [];
    let keptSize = 0;
    const stop = (reason: string) => {
      stopped ||= reason;
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const clock = setTimeout(() => stop(`took over ${limits.milliseconds / 1000} s`), limits.milliseconds);
    const interrupt = () => stop('interrupted');
    run.signal?.addEventListener('abort', interrupt, { once: true });
    if (run.signal?.aborted) interrupt();
    const collect = (chunk: Buffer) => {
      printed += chunk.length;
      kept.push(chunk);
      keptSize += chunk.length;
      if (keptSize > 2 * KEPT_OUTPUT) {
        kept = [Buffer.concat(kept).subarray(-KEPT_OUTPUT)];
        keptSize = KEPT_OUTPUT;
      }
      if (printed > limits.output) stop(`printed over ${limits.output} bytes`);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const settle = () => {
      clearTimeout(clock);
      run.signal?.removeEventListener('abort', interrupt);
    };
    child.once('error', (error) => {
      settle();
      reject(new BinscribeError('missing', `cannot run ${command[0]}: ${error.message}`, { cause: error }));
    });
    child.once('close', (code, signal) => {
      settle();
      if (run.signal?.aborted) {
        reject(new BinscribeError('interrupted', 'interrupted'));
        return;
      }
      const reason = stopped || (signal ? `killed by ${signal}` : code === 0 ? '' : `exit status ${code}`);
      const output = Buffer.concat(kept).subarray(-KEPT_OUTPUT).toString('utf8');
      resolve({ ok: reason === '', reason, ended: !stopped && !signal, output });
    });
  });
}

/** SIGKILL to a whole process group; it may be gone already. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // ESRCH: everything in it has ended by itself.
  }
}
