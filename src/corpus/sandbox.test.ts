import {
  chmodSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxResult, type SandboxRun } from './sandbox.ts';
import { bubblewrapWorks, giveTo } from '../../test/support/packages.ts';

describe.skipIf(!bubblewrapWorks())('a hostile script in the sandbox', () => {
  let sandbox: Sandbox;
  let directory: string;

  beforeAll(() => {
    sandbox = openSandbox();
  });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'binscribe-sandbox-'));
    chmodSync(directory, 0o755);
    mkdirSync(join(directory, 'work'));
    writeFileSync(join(directory, 'beside'), 'as it was\n');
    giveTo(join(directory, 'work'), sandbox.owner);
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const run = (script: string, more: Partial<SandboxRun> = {}): Promise<SandboxResult> =>
    sandbox.run({ script, directory, writable: 'work', ...more });

  it('compiles, and writes into its own folder', async () => {
    const result = await run('echo "int main(){return 0;}" > a.c; gcc-12 -o a a.c; ./a; pwd');
    expect(result).toEqual({ ok: true, reason: '', ended: true, output: '/build/work\n' });
    expect(statSync(join(directory, 'work/a')).size).toBeGreaterThan(0);
  });

  it('sees no account, no home and no other process', async () => {
    const secret = 'set +e; cat /etc/passwd; ls /etc; ls /root /home; ls -d /proc/[0-9]* | wc -l; env';
    const { output } = await run(secret, { env: { GIVEN: 'yes' } });
    expect(output).toContain('/etc/passwd: No such file');
    expect(output).toMatch(/^alternatives$/m);
    expect(output).not.toMatch(/^(passwd|shadow|hostname|ssl)$/m);
    expect(output).toContain('/root');
    expect(output).toContain('GIVEN=yes');
    expect(output).not.toContain('npm_');
    expect(Number(/^\d+$/m.exec(output)?.[0])).toBeLessThan(8);
  });

  it('does not get a file of the machine out of a compiler', async () => {
    const script = `
      echo '#include "/etc/passwd"' > a.c; gcc-12 -c a.c || true
      echo '.incbin "/etc/shadow"' > b.s; gcc-12 -c b.s || true
      echo '#include "/dev/random"' > c.c; timeout 2 gcc-12 -c c.c || true`;
    const { output } = await run(script, { limits: { milliseconds: 20_000 } });
    expect(output).toContain('/etc/passwd: No such file');
    expect(output).not.toContain('root:');
  });

  describe('with a server on the machine', () => {
    let server: Server;
    let port: number;

    beforeAll(async () => {
      server = createServer((socket) => socket.end('hello'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
    });

    afterAll(() => server.close());

    it('cannot reach it, nor anything else', async () => {
      const perl =
        'use IO::Socket::INET; exit(IO::Socket::INET->new(PeerAddr=>"127.0.0.1",PeerPort=>$ARGV[0],Timeout=>5)?0:9)';
      const result = await run(`perl -e '${perl}' ${port}`);
      expect(result.reason).toBe('exit status 9');
      expect((await run('cat /proc/net/route | wc -l')).output.trim()).toBe('1');
    });
  });

  it('cannot write outside of its folder', async () => {
    for (const folder of ['/build', '/usr/bin', '/usr/local', '/etc', '/dev', '/']) {
      const result = await run(`echo broken > ${folder}/new`);
      expect(result.reason, folder).toBe('exit status 2');
    }
    expect((await run('echo broken > /build/beside')).ok).toBe(false);
    expect(readFileSync(join(directory, 'beside'), 'utf8')).toBe('as it was\n');
    expect(readdirSync(directory).sort()).toEqual(['beside', 'work']);
  });

  it('cannot fork without end', async () => {
    const bomb = 'i=0; while [ $i -lt 400 ]; do sleep 30 & i=$((i+1)); done; echo all 400 run';
    const result = await run(bomb, { limits: { processes: 50, milliseconds: 10_000 } });
    expect(result.ok).toBe(false);
    expect(result.output).not.toContain('all 400 run');
  });

  it('is stopped where it prints or writes without end', async () => {
    const printing = await run('yes', { limits: { output: 1 << 20 } });
    expect(printing.reason).toBe('printed over 1048576 bytes');
    expect(printing.output.length).toBeLessThanOrEqual(64 * 1024);
    const writing = await run('cat /dev/zero > big', { limits: { fileSize: 1 << 20 } });
    expect(writing.ok).toBe(false);
    expect(statSync(join(directory, 'work/big')).size).toBeLessThanOrEqual(1 << 20);
    const many = await run('for i in 1 2 3 4; do head -c 400000000 /dev/zero > /tmp/$i; done');
    expect(many.output).toContain('No space left');
  });

  it('is stopped where it takes memory or processor time without end', async () => {
    const eating = await run(`perl -e '$a = "x" x (1 << 31); print "ate it"'`, {
      limits: { memory: 1 << 28 },
    });
    expect(eating.output).not.toContain('ate it');
    const spinning = await run('while :; do :; done', { limits: { cpuSeconds: 1 } });
    expect(spinning.ok).toBe(false);
  });

  it('is stopped with all that it has started once its time is over', async () => {
    const began = Date.now();
    const script = '(trap "" TERM HUP; sleep 60) & setsid sleep 61 & sleep 62';
    const result = await run(script, { limits: { milliseconds: 1000 } });
    expect(result.reason).toBe('took over 1 s');
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it('is stopped by its caller', async () => {
    const controller = new AbortController();
    const running = run('sleep 60', { signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await expect(running).rejects.toMatchObject({ kind: 'interrupted' });
  });
});
