/** A child process that answers one message after another, and is replaced when it hangs or dies. */

import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What came of a message: the child's reply, or how it ended instead. */
export type Answered<Reply> = { reply: Reply } | { failure: 'crashed' | 'hung'; message: string };

/** Bytes of a dying child's last words that are kept. */
const LAST_WORDS = 2000;

export class Helper<Reply> {
  private readonly script: string;
  private readonly args: readonly string[];
  private child: ChildProcess | undefined;
  private words = '';

  /** @param script Path of a script that sends `ready`, and then a reply for each message. */
  constructor(script: string, args: readonly string[]) {
    this.script = script;
    this.args = args;
  }

  /** @param limit Milliseconds, from when the child is ready, after which it is killed. */
  async ask(message: string, limit: number): Promise<Answered<Reply>> {
    const fresh = this.child === undefined;
    const child = this.child ?? this.start();
    if (fresh) {
      const begun = await this.next(child, undefined);
      if ('failure' in begun) return begun;
    }
    const answered = this.next(child, limit);
    child.send(message);
    return answered;
  }

  /** Ends the child, whatever it does. The next question gets a new one. */
  stop(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private start(): ChildProcess {
    // In a session of its own a Ctrl-C reaches only us.
    const child = fork(this.script, this.args, {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.words = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.words = (this.words + text).slice(-LAST_WORDS);
    });
    child.once('close', () => {
      if (this.child === child) this.child = undefined;
    });
    this.child = child;
    return child;
  }

  /** The child's next message, or its end. */
  private next(child: ChildProcess, limit: number | undefined): Promise<Answered<Reply>> {
    return new Promise((resolve) => {
      const answered = (reply: unknown): void => settle({ reply: reply as Reply });
      // Not at `exit`: its last words may still be on their way then.
      const ended = (code: number | null, signal: string | null): void => {
        const end = signal === null ? `exit code ${code}` : `signal ${signal}`;
        settle({ failure: 'crashed', message: `${end}: ${this.words.trim()}` });
      };
      const failed = (error: Error): void => settle({ failure: 'crashed', message: error.message });
      const late = (): void => {
        settle({ failure: 'hung', message: `no answer after ${(limit ?? 0) / 1000} s` });
        this.stop();
      };
      const timer = limit === undefined ? undefined : setTimeout(late, limit);
      const settle = (result: Answered<Reply>): void => {
        clearTimeout(timer);
        child.off('message', answered).off('close', ended).off('error', failed);
        resolve(result);
      };
      child.once('message', answered).once('close', ended).once('error', failed);
    });
  }
}

/** Path of a script of ours beside the module `url`: `.ts` as it stands in the sources, `.js` when built. */
export function scriptBeside(url: string, name: string): string {
  const here = fileURLToPath(url);
  return fileURLToPath(new URL(`${name}${extname(here)}`, url));
}
