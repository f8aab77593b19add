import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';

/** The machine, for the report: comparisons are only valid within one run on one machine. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly kernel: string;
  readonly commit: string;
  readonly versions: Readonly<Record<string, string>>;
}

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    commit: commit(),
    versions: {
      Node: process.versions.node,
      'OpenSSL in Node': process.versions.openssl,
      HAProxy: version('haproxy', ['-v'], /version (\S+)/),
      stunnel: version('stunnel4', ['-version'], /stunnel (\S+)/),
      'OpenSSL of stunnel and hitch': version('stunnel4', ['-version'], /Running +with OpenSSL (\S+)/),
      hitch: version('hitch', ['--version'], /hitch (\S+)/),
      nginx: version('nginx', ['-v'], /nginx\/(\S+)/),
      wrk: version('wrk', ['-v'], /wrk (\S+)/),
    },
  };
}

/** Load average of the last minute. */
export function loadAverage(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
}

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];

/** The commands that are not installed. */
export function missingCommands(commands: readonly string[]): string[] {
  return commands.filter((command) => find(command) === undefined);
}

function find(command: string): string | undefined {
  return folders
    .map((folder) => join(folder, command))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', cwd: import.meta.dirname }).trim();
  try {
    const changed = git('status', '--porcelain', '--', '../packages').length > 0;
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes not committed' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** The program's version output; several write it to standard error, wrk with exit code 1. */
function version(command: string, args: readonly string[], pattern: RegExp): string {
  const path = find(command);
  if (path === undefined) return 'not installed';
  const said = execFileSync('sh', ['-c', '"$@" 2>&1 || true', 'sh', path, ...args], { encoding: 'utf8' });
  return pattern.exec(said)?.[1] ?? 'unknown';
}
