import { availableParallelism, hostname } from 'node:os';
import { idOf } from '@headgate/shared/admin/account';
import { Problems } from '@headgate/shared/config/problem';
import { readProcessLimits } from '@headgate/shared/process/open-files';
import type { Loaded } from '@headgate/shared/process/product';
import { Reads } from '@headgate/shared/process/reads';
import { Variables } from '@headgate/shared/config/variables';
import { compile } from './compile.ts';
import type { CompileIo } from './directive.ts';
import { HAPROXY_VERSION } from './file/version.ts';
import { fileKind, fileText, namesIn, readConfig } from './read.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** The environment of the process, and the variables that HAProxy sets itself. */
export function environmentVariables(): Variables {
  const own = { HAPROXY_LOCALPEER: hostname(), HAPROXY_STARTUP_VERSION: HAPROXY_VERSION };
  return new Variables({ ...own, ...process.env });
}

/** The configuration for commands that only look at it: `bind … ssl` is not in their way, whatever terminates it. */
export function loadToLook(files: readonly string[]): Promise<Loaded<Snapshot>> {
  return loadConfig(files, new Reads(), { privateSocket: (frontend) => `/run/headgate/${frontend}.sock` });
}

/** Reads and compiles the configuration files of the router, haproxy.cfg or YAML. Never throws because of their contents. */
export async function loadConfig(
  files: readonly string[],
  reads: Reads = new Reads(),
  { privateSocket, onTerminated }: Pick<CompileIo, 'privateSocket' | 'onTerminated'> = {},
): Promise<Loaded<Snapshot>> {
  const problems = new Problems();
  const variables = environmentVariables();
  const raw = readConfig(files, variables, problems, reads);
  const readFile: CompileIo['readFile'] = (path, encoding) => {
    reads.note(path);
    return reads.standing(path) ?? fileText(path, encoding);
  };
  const folder = (path: string): readonly string[] | undefined => {
    if (fileKind(path) !== 'folder') return undefined;
    reads.note(path);
    return namesIn(path);
  };
  const environment = (name: string): string | undefined => variables.get(name);
  const standing = (key: string): string | undefined => reads.standing(key);
  const limits = readProcessLimits();
  return compile(
    raw,
    {
      readFile,
      standing,
      fileKind,
      folder,
      environment,
      privateSocket,
      onTerminated,
      limits,
      processors: availableParallelism(),
      hasAccount: (kind, name) => idOf(kind, name) !== undefined,
    },
    problems,
  );
}
