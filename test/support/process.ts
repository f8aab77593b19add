import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { TestContext } from 'node:test';
import { onCleanup } from './cleanup.ts';
import { isListening } from './ports.ts';
import { adopt, release } from './reaper.ts';
import { settled, until } from './until.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Result extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** How the test ends it: SIGTERM unless the program needs another signal. */
  readonly stopWith?: NodeJS.Signals;
  /** The limit of open files it is started with; this process's own by default. */
  readonly descriptors?: number;
  /** Milliseconds it may take to stop at the end of the test before that is a failure. */
  readonly stopWithin?: number;
}

/** A real process in its own group, stopped when the test ends; leftovers of the group fail the test. */
export class TestProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #title: string;
  #stdout = '';
  #stderr = '';
  #exit: Exit | undefined;

  constructor(t: TestContext, command: string, args: readonly string[], options: StartOptions = {}) {
    this.#title = [command, ...args].join(' ');
    // A limit can be set only before the program starts: it reads it then.
    const limited = ['-c', `ulimit -n ${options.descriptors}; exec "$0" "$@"`, command, ...args];
    const [file, words] = options.descriptors === undefined ? [command, args] : ['/bin/sh', limited];
    this.#child = spawn(file, words, {
      cwd: options.cwd,
      env: { ...process.env, NO_COLOR: '1', NODE_TEST_CONTEXT: undefined, ...options.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.exited = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => resolve((this.#exit = { code, signal })));
    });
    this.exited.catch(() => {});
    this.pid = this.#child.pid ?? 0;
    if (this.pid === 0) return;
    adopt(this.pid);
    onCleanup(t, () => this.#finish(options));
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  /** All its output, for messages. */
  get output(): string {
    return `$ ${this.#title}\n${this.#stdout}${this.#stderr}`;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends the signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', within = 10_000): Promise<Exit> {
    this.signal(signal);
    return settled(`the end of ${this.#title} after ${signal}\n${this.output}`, this.exited, within);
  }

  /** Resolves when all ports are listened on; rejects with the output when the process ends before that. */
  async ready(ports: readonly number[], within = 15_000): Promise<void> {
    await until(
      `${this.#title} listening on ${ports.join(', ')}`,
      async () => {
        if (!this.running || this.pid === 0) throw new Error(`ended before it was ready\n${this.output}`);
        const states = await Promise.all(ports.map(isListening));
        return states.every(Boolean);
      },
      within,
    );
  }

  /** Resolves when its output matches `pattern`; rejects with the output when it ends before. */
  async says(pattern: RegExp, within = 15_000): Promise<void> {
    await until(
      `${this.#title} to say ${String(pattern)}`,
      () => {
        if (!this.running || this.pid === 0) throw new Error(`ended before it was ready\n${this.output}`);
        return pattern.test(this.#stdout) || pattern.test(this.#stderr);
      },
      within,
    );
  }

  async #finish(options: StartOptions): Promise<void> {
    try {
      if (this.running) await this.stop(options.stopWith, options.stopWithin);
      await until(`the children of ${this.#title} to end\n${this.output}`, () => !groupAlive(this.pid), 1_000);
    } finally {
      signalGroup(this.pid, 'SIGKILL');
      release(this.pid);
    }
  }
}

/** Runs a command to its end. A program that hangs or writes endlessly is ended after `within` milliseconds. */
export async function run(
  t: TestContext,
  command: string,
  args: readonly string[],
  options: StartOptions & { readonly within?: number } = {},
): Promise<Result> {
  const child = new TestProcess(t, command, args, options);
  const exit = await settled(`the end of ${command} ${args.join(' ')}`, child.exited, options.within ?? 20_000);
  return { ...exit, stdout: child.stdout, stderr: child.stderr };
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

function groupAlive(group: number): boolean {
  return signalGroup(group, 0);
}
