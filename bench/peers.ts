/**
 * The peers, each with the settings that might be its best; a comparison is with the fastest of them. What we found
 * (docs/nn/benchmarks.md): which way of waiting is faster for OpenMP's threads depends on what else the machine does;
 * Debian's OpenBLAS does not always find the processor's widest vectors by itself, MKL does not on AMD's.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HUGE_PAGES } from '../src/runtimes/background.ts';

/** A program and the environment that it runs in. */
export interface Peer {
  readonly name: string;
  readonly python: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What both sides get. */
export const COMMON = { GLIBC_TUNABLES: HUGE_PAGES } as const;

const VENV = join('work', 'bench-venv', 'bin', 'python');
const DEBIAN = '/usr/bin/python3';

/** @throws Error where no Python has the module, with how to get it */
export function peersWith(module: string): Peer[] {
  const processor = readFileSync('/proc/cpuinfo', 'utf8');
  const threads = { ...COMMON, OMP_NUM_THREADS: '2' };
  const widest = processor.includes(' avx512f ') ? { OPENBLAS_CORETYPE: 'SkylakeX' } : {};
  const mkl = processor.includes('AuthenticAMD') ? { LD_PRELOAD: intelShim() } : {};
  const candidates: Peer[] = [
    { name: 'PyPI, passive', python: VENV, environment: { ...threads, ...mkl, OMP_WAIT_POLICY: 'passive' } },
    { name: 'PyPI, active', python: VENV, environment: { ...threads, ...mkl, OMP_WAIT_POLICY: 'active' } },
    { name: 'Debian', python: DEBIAN, environment: { ...threads, ...widest, OMP_WAIT_POLICY: 'passive' } },
  ];
  const found = candidates.filter(
    ({ python }) => existsSync(python) && spawnSync(python, ['-c', `import ${module}`]).status === 0,
  );
  if (found.length === 0) {
    throw new Error(
      `no Python with ${module}. As the benchmarks want it: python3 -m venv work/bench-venv && ` +
        'work/bench-venv/bin/pip install torch==2.13.0 numpy gensim transformers; apt-get install python3-torch',
    );
  }
  return found;
}

/** MKL asks this function of its own whether to take the path for AVX-512 and AVX2, and it says no on AMD. */
function intelShim(): string {
  const library = join(mkdtempSync(join(tmpdir(), 'binscribe-mkl-')), 'intel.so');
  execFileSync('gcc', ['-shared', '-fPIC', '-x', 'c', '-', '-o', library], {
    input: 'int mkl_serv_intel_cpu_true(void) { return 1; }\n',
  });
  return library;
}
