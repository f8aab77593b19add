import { execFile } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { AcmeError, printable } from './problem.ts';

/** Milliseconds after which a command that sets a record has failed. */
const PATIENCE = 120_000;
/** Bytes of its output that are read; the last line is logged when it fails. */
const MOST_OUTPUT = 64 * 1024;

/** Why a program is not started, by the code of the system. */
const programFaults: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program',
  EACCES: 'it cannot be executed (chmod +x)',
  ENOEXEC: 'it cannot be executed: a script begins with #! and its interpreter',
};

/** Why this program could not be started now. */
export async function programFault(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile() ? undefined : programFaults['EACCES'];
  } catch (error) {
    return programFaults[error instanceof Error && 'code' in error ? String(error.code) : ''];
  }
}

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
        programFaults[String(error.code)] ??
        (error.killed === true ? 'it took too long' : `it ended with ${String(error.code)}`);
      reject(new AcmeError(`${command} ${action} ${record.name}: ${why}${said === '' ? '' : `: ${printable(said)}`}`));
    });
  });
}
