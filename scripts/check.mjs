// The whole judgement of a working tree: types, lint (one-way imports among it), format, tests. Everything runs
// even where something fails; the last line counts, each step before them as one check.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);

/** No step takes a tenth of this. A test that hangs in its own thread is stopped by nothing else. */
const STEP_LIMIT = '45m';

/** Runs a command, and whatever it starts, with its output shown. */
function run(command, args) {
  const limited = ['--kill-after=10s', STEP_LIMIT, command, ...args];
  const { status } = spawnSync('timeout', limited, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 124 || status === 137) process.stdout.write(`check: stopped after ${STEP_LIMIT}\n`);
  return status === 0;
}

/** Runs vitest and counts by its own report; a run that broke before or beside its tests counts as one failure. */
function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-check-'));
  const report = join(folder, 'vitest.json');
  try {
    const ok = run(bin('vitest'), [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]);
    if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
    const counts = JSON.parse(readFileSync(report, 'utf8'));
    const failed = counts.numFailedTests;
    return {
      passed: counts.numPassedTests,
      failed: ok ? failed : Math.max(1, failed),
      skipped: counts.numPendingTests + counts.numTodoTests,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (!run('sh', [join(root, 'scripts', 'check-tools.sh')])) process.exit(7);

const steps = [
  ['types', bin('tsc'), ['--noEmit']],
  ['types of the page', bin('tsc'), ['-p', join(root, 'src/explain/page'), '--noEmit']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
];
let passed = 0;
const failures = [];
for (const [name, command, args] of steps) {
  process.stdout.write(`check: ${name}\n`);
  if (run(command, args)) passed++;
  else failures.push(name);
}
process.stdout.write('check: tests\n');
const tests = runTests();
passed += tests.passed;
const failed = failures.length + tests.failed;
if (failures.length > 0) process.stdout.write(`check: failed before the tests: ${failures.join(', ')}\n`);
// A line of its own: whoever reads the last line expects it to end with the failures.
if (tests.skipped > 0) process.stdout.write(`check: ${tests.skipped} skipped\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
