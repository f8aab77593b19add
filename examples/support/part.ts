import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';

/** One running program of the demo. */
export interface Part {
  readonly name: string;
  readonly pid: number;
  /** Resolves with how it ended: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Sends SIGTERM, and SIGKILL if it has not ended after `grace` milliseconds. */
  stop(grace: number): Promise<void>;
}

/**
 * Starts a Node program from source and forwards its output, each line prefixed with its name. It gets its own process
 * group: Ctrl-C in a terminal reaches only this process, which stops the parts in order.
 */
export function startPart(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Part {
  const child = spawn(process.execPath, ['--conditions=x-src', ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const ended = ending(once(child, 'exit'));
  const label = name.padEnd(10);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => console.log(`${label} | ${line}`));
  }
  return {
    name,
    pid: child.pid ?? 0,
    ended,
    stop: async (grace) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), grace);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function ending(exit: Promise<unknown[]>): Promise<string> {
  try {
    const [code, signal] = await exit;
    return typeof code === 'number' ? `exit code ${code}` : String(signal);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
