import { randomBytes } from 'node:crypto';
import type { ProcessLogTarget } from '@headgate/shared/log/process-log';
import { DEFAULT_SHARDS } from '@headgate/shared/net/acceptor';
import type { Product, Running, StartContext } from '@headgate/shared/process/product';
import { soon } from '@headgate/shared/process/exit';
import { readProcessLimits } from '@headgate/shared/process/open-files';
import { versionOf } from '@headgate/shared/process/version';
import { commands } from './commands/commands.ts';
import { loadConfig } from './config/load.ts';
import type { Logging, Service, Snapshot } from './model/snapshot.ts';
import { connectionLimit } from './service/descriptor-limit.ts';
import { Places } from './service/places.ts';
import { RunningService } from './service/running-service.ts';
import { ServiceLog } from './service/service-log.ts';

/** The terminator as a program: see shared/process/main.ts for what it is run by. */
export const app: Product<Snapshot> = {
  name: 'headgate-terminator',
  title: 'headgate-terminator',
  version: versionOf(import.meta.url),
  summary: "Accepts TLS and forwards plain bytes, with stunnel's words; says who is calling (PROXY protocol).",
  help: [
    'Examples:',
    '  headgate-terminator -f configs/tls-terminator.yaml',
    '  headgate-terminator -f /etc/stunnel/stunnel.conf     the original file, read as it is',
    '  headgate-terminator check -f FILE                    says everything that is wrong, and starts nothing',
  ].join('\n'),
  defaultFiles: ['tls-terminator.yaml', '/etc/headgate/tls-terminator.yaml', '/etc/stunnel/stunnel.conf'],
  load: (files) => loadConfig(files),
  settings: ({ process: settings, identity, logging }) => ({ ...settings, identity, log: logTargets(logging) }),
  start,
  commands,
};

/** `output` and `syslog`, for the start and the stop in the background. */
function logTargets({ output, syslog, facility, tag }: Logging): readonly ProcessLogTarget[] {
  const all = { facility, tag, maxSeverity: 'debug', minSeverity: 'emerg' } as const;
  const targets: ProcessLogTarget[] = [];
  if (output !== undefined)
    targets.push({
      ...all,
      transport: { kind: 'file', path: output },
      format: 'raw',
      maxLength: Number.POSITIVE_INFINITY,
    });
  if (syslog)
    targets.push({
      ...all,
      transport: { kind: 'udp', host: '127.0.0.1', port: 514 },
      format: 'local',
      maxLength: 1024,
    });
  return targets;
}

async function start(snapshot: Snapshot, { logger }: StartContext): Promise<Running> {
  const log = new ServiceLog(snapshot.logging, logger);
  const accepts = snapshot.services.flatMap((service) => service.accepts);
  const places = new Places(connectionLimit(readProcessLimits(), accepts.length * DEFAULT_SHARDS));
  const services = snapshot.services.map(
    (service) => new RunningService(withTicketKeys(service), log.logger(service.logLevel), places),
  );
  const drain = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.drain()));
    await log.flush();
  };
  const close = async (): Promise<void> => {
    for (const service of services) service.close();
    // Connections say their last word when their sockets have closed.
    await drain();
    log.close();
  };
  try {
    const addresses: string[] = [];
    for (const service of services) addresses.push(...(await service.listen()));
    return { addresses, drain, close };
  } catch (error) {
    await soon(close());
    throw error;
  }
}

/**
 * Keys for session tickets, unless the configuration gives them: the same for all addresses of a service, others for each
 * service (whoever can divert a connection must not resume a session of one service at another), gone with the process.
 */
function withTicketKeys(service: Service): Service {
  const { secureContext } = service.tls;
  if (secureContext.ticketKeys !== undefined) return service;
  return { ...service, tls: { ...service.tls, secureContext: { ...secureContext, ticketKeys: randomBytes(48) } } };
}
