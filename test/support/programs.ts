import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { TestProcess } from './process.ts';
import type { StartOptions } from './process.ts';

export const ROUTERS = ['haproxy', 'router'] as const;
export const TERMINATORS = ['stunnel4', 'terminator'] as const;
export type Router = (typeof ROUTERS)[number];
export type Terminator = (typeof TERMINATORS)[number];
export type Program = Router | Terminator | 'headgate';
/** What scenarios need besides the programs they compare. */
export type Tool = 'openssl' | 'chromium' | 'promtool' | 'socat' | 'pebble' | 'pebble-challtestsrv' | 'dnsmasq';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Absolute path of one of the repository's files. */
export function inRepository(path: string): string {
  return join(root, path);
}

/**
 * How our own programs are started: the command, and the arguments before their own. `npm test` has just built
 * them and starts what is published (HEADGATE_FROM=dist), which costs half the time; otherwise their sources run.
 */
export const SOURCES = {
  router: ownCommand('packages/router', 'bin/headgate-router.js'),
  terminator: ownCommand('packages/tls-terminator', 'bin/headgate-terminator.js'),
  headgate: ownCommand('packages/headgate', 'bin/headgate.js'),
} as const;

function ownCommand(folder: string, bin: string): readonly [string, ...string[]] {
  if (process.env['HEADGATE_FROM'] === 'dist') return [process.execPath, inRepository(`${folder}/${bin}`)];
  return [process.execPath, '--conditions=x-src', inRepository(`${folder}/src/main.ts`)];
}

/** A reason to skip when an original is not installed; with CI=true nothing is skipped, the scenario then fails. */
export function missing(...programs: readonly (Program | Tool)[]): string | false {
  if (process.env['CI'] === 'true') return false;
  const absent = programs.filter((program) => !(program in SOURCES) && !onPath(program));
  return absent.length === 0 ? false : `not installed: ${absent.join(', ')}`;
}

/** Skips the rest of a test, visibly, for want of a tool. */
export function skips(t: TestContext, tool: Tool): boolean {
  const reason = missing(tool);
  if (reason !== false) t.skip(reason);
  return reason !== false;
}

function onPath(command: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
  return folders.some((folder) => executable(join(folder, command)));
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The command line that runs a program in the foreground with a configuration file of its native format. */
export function commandLine(program: Program, file: string): readonly [string, ...string[]] {
  switch (program) {
    case 'haproxy':
      return ['haproxy', '-db', '-f', file];
    case 'stunnel4':
      return ['stunnel4', file];
    case 'router':
    case 'terminator':
    case 'headgate':
      return [...SOURCES[program], '-f', file];
  }
}

/** Starts a program and waits for its ports. */
export async function startProgram(
  t: TestContext,
  program: Program,
  file: string,
  ports: readonly number[],
  options: StartOptions = {},
): Promise<TestProcess> {
  const [command, ...args] = commandLine(program, file);
  const path = `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin`;
  const started = new TestProcess(t, command, args, { ...options, env: { PATH: path, ...options.env } });
  // The originals do not report when they are ready. Probing their ports costs more than reading a line.
  if (program in SOURCES) await started.says(/notice serving on /);
  else await started.ready(ports);
  return started;
}
