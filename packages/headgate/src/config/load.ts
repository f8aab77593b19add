import { loadConfig as loadRouter } from '@headgate/router/half';
import type { Snapshot as Routing, Terminated } from '@headgate/router/half';
import { madeStatement } from '@headgate/shared/config/made-statement';
import type { Problem } from '@headgate/shared/config/problem';
import type { RawConfig } from '@headgate/shared/config/raw';
import type { Loaded } from '@headgate/shared/process/product';
import { Reads } from '@headgate/shared/process/reads';
import { loadWith } from '@headgate/tls-terminator/half';
import type { Snapshot as Terminating } from '@headgate/tls-terminator/half';
import type { Both } from '../model/both.ts';
import { servicesOf } from '../tls/services.ts';
import { sorted } from './files.ts';
import { socketIn } from './sockets.ts';

/** Where sockets would be while a configuration is only checked. */
export const NOWHERE = '/run/headgate';

interface LoadedRouting extends Loaded<Routing> {
  /** For the other half, also where this one is wrong. */
  readonly terminated?: Terminated | undefined;
}

/** Compiles the router's half, with its `bind … ssl` on private sockets in the folder `sockets`. */
export async function loadRouting(files: readonly string[], reads: Reads, sockets: string): Promise<LoadedRouting> {
  const { router, terminator } = sorted(files, reads);
  const [only] = terminator;
  if (router.length === 0 && only !== undefined) return { snapshot: undefined, problems: [alone(only)] };
  let terminated: Terminated | undefined;
  const loaded = await loadRouter(router, reads, {
    privateSocket: socketIn(sockets),
    onTerminated: (found) => (terminated = found),
  });
  return { ...loaded, terminated };
}

/** Nothing to route: the terminator runs by itself. */
function alone(file: string): Problem {
  return {
    severity: 'error',
    at: { file, line: 1, column: 1 },
    message: `nothing here is for the router: start the terminator by itself, 'headgate-terminator -f ${file}', or add a haproxy.cfg with -f`,
  };
}

/** Compiles the terminator's half: its own files, and a service for each `bind … ssl` of `routing`. Undefined when there is nothing to terminate. */
export async function loadTerminating(
  routing: Terminated,
  files: readonly string[],
  reads: Reads,
): Promise<Loaded<Terminating> | undefined> {
  const own = sorted(files, reads).terminator;
  const { raw, problems } = servicesOf(routing);
  if (raw === undefined && own.length === 0) {
    // Lines about the TLS of binds, of which there are none: only mistakes are worth a word.
    const wrong = problems.filter(({ severity }) => severity === 'error');
    return wrong.length === 0 ? undefined : { snapshot: undefined, problems: wrong };
  }
  const loaded = await loadWith(raw === undefined ? { sections: [] } : answering(raw, routing), own, reads);
  const errors = problems.some(({ severity }) => severity === 'error');
  return { snapshot: errors ? undefined : loaded.snapshot, problems: [...problems, ...loaded.problems] };
}

/** Compiles both halves; every problem of both is reported. The files that the configuration names are watched by the half that uses them. */
export async function loadBoth(files: readonly string[], given: Reads): Promise<Loaded<Both>> {
  const reads = new Reads();
  const { snapshot: router, terminated, problems } = await loadRouting(files, reads, NOWHERE);
  const terminating = terminated === undefined ? undefined : await loadTerminating(terminated, files, reads);
  for (const [path, text] of reads.configuration) given.configuration.set(path, text);
  const all: Problem[] = [...problems, ...(terminating?.problems ?? [])];
  if (router === undefined || (terminating !== undefined && terminating.snapshot === undefined))
    return { snapshot: undefined, problems: all };
  return {
    snapshot: { router, terminator: terminating?.snapshot, source: { files, texts: reads.configuration } },
    problems: all,
  };
}

/** With a control socket beside the private ones: the router asks there about certificates. */
function answering({ sections }: RawConfig, { global: { terminator }, process: { identity } }: Terminated): RawConfig {
  if (terminator?.inside !== true || !('path' in terminator.address)) return { sections };
  // The router becomes another user only where this one is root.
  const user = process.geteuid?.() === 0 ? identity?.user : undefined;
  const text = `${terminator.address.path} level operator mode 600${user === undefined ? '' : ` user ${user}`}`;
  return {
    sections: sections.map((section) => {
      if (section.kind !== 'global') return section;
      const control = madeStatement(section.at, 'stats socket', text);
      return { ...section, statements: [...section.statements, control] };
    }),
  };
}
