import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import type { Service, Snapshot } from '../model/snapshot.ts';
import { compileAcme } from './acme.ts';
import { compileService } from './compile-service.ts';
import type { GlobalDraft } from './draft.ts';
import type { Material } from './material.ts';
import type { Drafts } from './read-drafts.ts';
import { checkAccepts, checkLoops, distinctNames, secondariesOf } from './topology.ts';

/** Makes the snapshot, or reports why there is none. Pure: everything it needs has been read. */
export function compile(
  { global, services }: Drafts,
  materials: readonly Material[],
  files: readonly string[],
  start: Position,
  problems: Problems,
): Snapshot {
  if (services.length === 0) problems.error(start, missingService(global));
  const named = distinctNames(services, problems);
  const secondaries = secondariesOf(named, problems);
  checkAccepts(named, problems);
  checkLoops(named, problems);
  if (global.workers !== 1)
    for (const { name, draft } of services)
      if (draft.maxPerAddress > 0)
        problems.error(
          name.at,
          `service '${name.text}': maxPerAddress does not work with workers, each of which knows only its own connections: use one worker`,
        );
  if (global.user !== undefined && global.group === undefined)
    problems.warning(
      start,
      `'setuid' without 'setgid': the group becomes ${global.user}'s own; write setgid to choose it`,
    );
  return {
    process: {
      daemon: false,
      pidFile: pidFileOf(global),
      hardStopAfter: global.hardStopAfter,
      ...(global.oldProcesses === undefined ? {} : { oldProcesses: global.oldProcesses }),
      ...(global.workers === 1 ? {} : { workers: global.workers }),
    },
    logging: {
      level: global.level,
      output: global.output,
      stderr: logsToStderr(global),
      mode: global.mode,
      syslog: global.syslog,
      facility: global.facility,
      tag: global.tag,
    },
    metrics: global.metrics,
    control: { binds: global.controlBinds, timeout: global.controlTimeout, maxconn: global.controlMaxconn },
    acme: compileAcme(
      materials.flatMap(({ acme }) => acme),
      problems,
    ),
    identity: { user: global.user, group: global.group },
    services: named.flatMap((service, index): readonly Service[] => {
      const material = materials[index];
      const compiled =
        material === undefined
          ? undefined
          : compileService(service, material, secondaries.get(service) ?? [], problems);
      return compiled === undefined ? [] : [compiled];
    }),
    files,
  };
}

function missingService({ inetd }: GlobalDraft): string {
  return inetd
    ? 'there is no service: inetd mode, in which stunnel serves its standard input, is not supported; give the options to a service ([name]) with accept, and let it listen itself'
    : "there is no service: open one with '[https]' (YAML: under 'services:') and give it accept, connect and cert";
}

function logsToStderr({ foreground, output }: GlobalDraft): boolean {
  return foreground === 'yes' || (foreground !== 'quiet' && output === undefined);
}

/** As in stunnel, `pid` is inside `chroot`: that is where monitors and scripts look for it. */
function pidFileOf({ pidFile, chroot }: GlobalDraft): string | undefined {
  if (pidFile === undefined || chroot === undefined || pidFile.startsWith(`${chroot}/`)) return pidFile;
  return `${chroot.replace(/\/$/, '')}/${pidFile.replace(/^\//, '')}`;
}
