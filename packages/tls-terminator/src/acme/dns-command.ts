import { execFile } from 'node:child_process';
import { AcmeError, printable } from './problem.ts';

/** Milliseconds after which a command that sets a record has failed. */
const PATIENCE = 120_000;
/** Bytes of its output that are read; the last line is logged when it fails. */
const MOST_OUTPUT = 64 * 1024;

/**
 * Runs `COMMAND present|cleanup NAME VALUE`, as lego's exec provider does: scripts for that one work here. Without a shell, so that
 * nothing in a name or a value is ever interpreted. Rejects with an AcmeError when it fails.
 */
export function runDnsCommand(
  command: string,
  action: 'present' | 'cleanup',
  record: { readonly name: string; readonly value: string },
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { timeout: PATIENCE, maxBuffer: MOST_OUTPUT, signal, killSignal: 'SIGKILL' } as const;
    execFile(command, [action, record.name, record.value], options, (error, stdout, stderr) => {
      if (error === null) return resolve();
      if (signal.aborted) return reject(error);
      const said = `${stderr}\n${stdout}`.trim().split('\n').at(-1) ?? '';
      const why =
        error.code === 'ENOENT'
          ? 'there is no such program'
          : error.killed === true
            ? 'it took too long'
            : `it ended with ${String(error.code)}`;
      reject(new AcmeError(`${command} ${action} ${record.name}: ${why}${said === '' ? '' : `: ${printable(said)}`}`));
    });
  });
}
