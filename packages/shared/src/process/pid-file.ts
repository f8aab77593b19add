import {
  closeSync,
  fchmodSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { startTime, statOf } from './process-stat.ts';
import { readRegularText } from './regular-file.ts';
import { StartFailure } from './start-failure.ts';
import { whyUnwritable } from './unwritable.ts';

/** Maximum size in bytes: a number and surrounding blanks. */
const LONGEST_PID_FILE = 64;

/**
 * Fails when the file holds the pid of a living process. Called before listening, so that a second start reports that
 * rather than a port in use; one that this process takes over from may live. Also fails when the path is not a regular file: replacing it would remove a device.
 */
export function checkPidFile(path: string, predecessor?: number): void {
  refuseOtherKinds(path);
  const pid = readPid(path);
  if (pid === undefined || pid === process.pid || pid === predecessor || !isOwner(pid, path)) return;
  throw new StartFailure(`already running: ${path} holds process id ${pid}${processName(pid)}`, { temporary: true });
}

/** Writes `PID\n` with mode 0644, never through a link; a stale file is replaced. */
export function writePidFile(path: string, predecessor?: number): void {
  checkPidFile(path, predecessor);
  const fresh = `${path}.${process.pid}`;
  try {
    removeFile(fresh);
    const file = openSync(fresh, 'wx', 0o644);
    try {
      fchmodSync(file, 0o644); // Whatever the umask: monit and others must be able to read it.
      writeSync(file, `${process.pid}\n`);
    } finally {
      closeSync(file);
    }
    // In one step: a reader finds one of the two pids while a process takes over, never an empty file.
    renameSync(fresh, path);
  } catch (error) {
    throw new StartFailure(`cannot write the pid file ${path}: ${whyUnwritable(error)}`, { temporary: mayPass(error) });
  }
}

/** Its directory may be created by another unit yet, a full disk may be emptied. */
function mayPass(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOSPC');
}

/** Removes the file if it still holds our pid: another process may have replaced it. */
export function removePidFile(path: string): void {
  try {
    if (readPid(path) === process.pid) removeFile(path);
  } catch {
    // Nothing can be done about it at exit; the next start finds the file stale.
  }
}

function readPid(path: string): number | undefined {
  const text = readRegularText(path, LONGEST_PID_FILE);
  return typeof text === 'string' && /^\s*[1-9]\d{0,9}\s*$/.test(text) ? Number(text) : undefined;
}

/** A regular file or a symbolic link, which is never followed. */
function refuseOtherKinds(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile() || found.isSymbolicLink()) return;
  throw new StartFailure(
    `cannot write the pid file ${path}: ${found.isDirectory() ? 'it is a directory' : 'it is not a regular file'}`,
  );
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** A process that started after the file was written only reuses the pid, for example after a crash and a reboot. */
function isOwner(pid: number, path: string): boolean {
  if (!isAlive(pid)) return false;
  const began = startTime(pid);
  const slack = 2000;
  return began === undefined || began <= statSync(path).mtimeMs + slack;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return statOf(pid)?.[0] !== 'Z'; // A zombie has ended but was never reaped, as in a container without an init.
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function processName(pid: number): string {
  try {
    return ` (${readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, 3).join(' ').trim()})`;
  } catch {
    return '';
  }
}
