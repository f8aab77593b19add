import { isIP } from 'node:net';
import type { CheckResult } from '../../model/backend.ts';
import { PLAIN_CHECK } from '../../model/server.ts';
import type { Server } from '../../model/snapshot.ts';
import { fullHealth } from '../../backend/server-state.ts';
import { readMaxconn } from '../../backend/weight.ts';
import type { BackendRuntime } from '../../backend/runtime.ts';
import type { Commands } from '../command.ts';
import { findServer, NO_BACKEND, type Desk, type FoundServer, type ServerRuntime } from '../desk.ts';
import { readServerLine } from '../server-line.ts';
import { change, complaint, SETTINGS, weigh } from './server-settings.ts';

/** HAProxy's numbers for results of checks (check-t.h). */
const STATUS_NUMBERS = {
  CHECKED: 3,
  HANA: 4,
  SOCKERR: 5,
  L4OK: 6,
  L4TOUT: 7,
  L4CON: 8,
  L6OK: 9,
  L6TOUT: 10,
  L6RSP: 11,
  L7TOUT: 12,
  L7RSP: 13,
  L7OK: 15,
  L7OKC: 16,
  L7STS: 17,
  PROCERR: 18,
  PROCTOUT: 19,
  PROCOK: 20,
} as const satisfies Record<CheckResult['status'], number>;

/** HAProxy's bits of srv_admin_state, srv_check_state and srv_agent_state. */
const ADMIN = { maint: 1, disabledInFile: 4, drain: 8, unresolved: 32 } as const;
const CHECK = { configured: 2, enabled: 4, paused: 8, agent: 16 } as const;

const STATE_HEADER =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change ' +
  'srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn ' +
  'srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';

const CONN_HEADER =
  '# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim idle_cur idle_per_thr[1]';

export const servers = {
  'show servers state': {
    usage: '[<backend>]',
    text: 'dump volatile server information (all or for a single backend)',
    level: 'user',
    run: (args, desk) => each(args, desk, `1\n${STATE_HEADER}`, stateLine),
  },
  'show servers conn': {
    usage: '[<backend>]',
    text: 'dump server connections status (all or for a single backend)',
    level: 'user',
    counted: true,
    run: (args, desk) => each(args, desk, CONN_HEADER, connLine),
  },
  'set server': {
    usage: '<bk>/<srv> [opts]',
    text: "change a server's state, weight or address",
    level: 'admin',
    changed: /'stats socket command'|check port updated|ssl setting updated/,
    run: ([name, setting = '', ...args], desk) =>
      onServer(desk, name, (found) => {
        const set = Object.hasOwn(SETTINGS, setting) ? SETTINGS[setting] : undefined;
        if (set !== undefined) return set(args, found, desk);
        return `usage: set server <backend>/<server> ${Object.keys(SETTINGS).toSorted().join(' | ')}\n`;
      }),
  },
  'get weight': {
    usage: '<bk>/<srv>',
    text: "report a server's current weight",
    level: 'user',
    run: ([name], desk) => onServer(desk, name, ({ server }) => `${server.weight} (initial ${server.config.weight})\n`),
  },
  'set weight': {
    usage: '<bk>/<srv>  (DEPRECATED)',
    text: "change a server's weight (use 'set server' instead)",
    level: 'admin',
    run: ([name, weight], desk) => onServer(desk, name, ({ backend, server }) => weigh(backend, server, weight)),
  },
  'enable health': {
    usage: '',
    text: 'enable health checks',
    level: 'admin',
    run: ([name], desk) => pauseChecks(desk, name, false),
  },
  'disable health': {
    usage: '',
    text: 'disable health checks',
    level: 'admin',
    run: ([name], desk) => pauseChecks(desk, name, true),
  },
  'enable agent': {
    usage: '',
    text: 'enable agent checks',
    level: 'admin',
    run: ([name], desk) => pauseAgent(desk, name, false),
  },
  'disable agent': {
    usage: '',
    text: 'disable agent checks',
    level: 'admin',
    run: ([name], desk) => pauseAgent(desk, name, true),
  },
  'enable server': {
    usage: '(DEPRECATED)',
    text: "enable a disabled server (use 'set server' instead)",
    level: 'admin',
    run: ([name], desk) => administer(desk, name, 'ready'),
  },
  'disable server': {
    usage: '(DEPRECATED)',
    text: "disable a server for maintenance (use 'set server' instead)",
    level: 'admin',
    run: ([name], desk) => administer(desk, name, 'maint'),
  },
  'set maxconn server': {
    usage: '<bk>/<srv>',
    text: "change a server's maxconn setting",
    level: 'admin',
    changed: /^$/,
    run: ([name, value = ''], desk) =>
      onServer(desk, name, ({ backend, server }) => {
        const maxconn = readMaxconn(value);
        if (typeof maxconn === 'string') return complaint(maxconn);
        change(desk, backend, server, { maxconn: desk.router.partOf(maxconn) });
        return '';
      }),
  },
  // Where HAProxy's answers have no newline, these have none.
  'add server': {
    usage: '<bk>/<srv>',
    text: 'create a new server',
    level: 'admin',
    changed: /registered/,
    run([name = '', ...words], desk) {
      const [backendName = '', server = ''] = name.split('/');
      const backend = desk.router.backends.get(backendName);
      if (server === '') return "Require 'backend/server'.";
      if (backend === undefined) return NO_BACKEND.trimEnd();
      if (backend.servers.some(({ config }) => config.name === server))
        return 'Already exists a server with the same name in backend.\n';
      if (words.length === 0) return "'server' expects <name> and <addr>[:<port>] as arguments.\n";
      const sections = desk.router.resolvers.map(({ config }) => config.name);
      const read = readServerLine(server, words, sections);
      if ('server' in read && read.server.names !== undefined && read.server.names.resolvers === undefined)
        return "A name needs 'resolvers': write an IP address.\n";
      if ('wrong' in read) return read.wrong.map((line) => `${line}\n`).join('');
      // As in HAProxy it begins in maintenance, without checks: `enable server` lets traffic in, `enable health` begins to check.
      const maxconn = desk.router.partOf(read.server.maxconn);
      const maxqueue = desk.router.partOf(read.server.maxqueue);
      const id = Math.max(0, ...backend.servers.map((one) => one.id)) + 1;
      const { check, agent } = read.server;
      const added = {
        ...read.server,
        id,
        disabled: true,
        maxconn,
        maxqueue,
        check: check && { ...check, paused: true },
        agent: agent && { ...agent, paused: true },
      };
      desk.router.changeServers(backend, [...backend.config.servers, added]);
      return 'New server registered.\n';
    },
  },
  'del server': {
    usage: '<bk>/<srv>',
    text: 'remove a server',
    level: 'admin',
    counted: true,
    changed: /deleted/,
    run: ([name], desk) =>
      onServer(desk, name, ({ backend, server }) => {
        if (server.administrative !== 'maint') return 'Only servers in maintenance mode can be deleted.\n';
        if (server.current > 0) return 'Server still has connections attached to it, cannot remove it.\n';
        desk.router.changeServers(
          backend,
          backend.config.servers.filter((one) => one.name !== server.config.name),
        );
        return 'Server deleted.';
      }),
  },
} as const satisfies Commands;

/** Does something to the server of that name, or returns why there is none. */
function onServer(desk: Desk, name: string | undefined, work: (found: FoundServer) => string): string {
  const found = findServer(desk, name);
  return typeof found === 'string' ? found : work(found);
}

function pauseChecks(desk: Desk, name: string | undefined, paused: boolean): string {
  return onServer(desk, name, ({ backend, server }) => {
    const { check } = server.config;
    if (check !== undefined) change(desk, backend, server, { check: { ...check, paused } });
    return check === undefined && !paused ? 'Health check was not configured on this server, cannot enable.\n' : '';
  });
}

function pauseAgent(desk: Desk, name: string | undefined, paused: boolean): string {
  return onServer(desk, name, ({ backend, server }) => {
    const { agent } = server.config;
    if (agent !== undefined) change(desk, backend, server, { agent: { ...agent, paused } });
    return agent === undefined && !paused ? 'Agent was not configured on this server, cannot enable.\n' : '';
  });
}

function administer(desk: Desk, name: string | undefined, state: 'ready' | 'maint'): string {
  return onServer(desk, name, ({ backend, server }) => {
    backend.administer(server, state);
    return '';
  });
}

function each(
  [name]: readonly string[],
  desk: Desk,
  header: string,
  line: (server: ServerRuntime, backend: BackendRuntime, desk: Desk) => string,
): string {
  const { backends } = desk.router;
  const chosen = name === undefined ? [...backends.values()] : [backends.get(name)];
  if (chosen.includes(undefined)) return "Can't find backend.\n";
  const lines = chosen.flatMap((backend) =>
    backend === undefined ? [] : backend.servers.map((server) => line(server, backend, desk)),
  );
  return [header, ...lines].map((text) => `${text}\n`).join('');
}

function stateLine(server: ServerRuntime, backend: BackendRuntime, desk: Desk): string {
  const { config, administrative, lastCheck, health, counters } = server;
  const { check, agent } = config;
  const { host, port } = placeOf(config);
  const operational = server.operational === 'down' || administrative === 'maint' ? 0 : 2;
  const admin =
    (server.unresolved ? ADMIN.unresolved : 0) +
    (config.disabled ? ADMIN.disabledInFile : 0) +
    (administrative === 'maint' ? ADMIN.maint : 0) +
    (administrative === 'drain' ? ADMIN.drain : 0);
  const since = Math.max(0, Math.floor((desk.now() - counters.changed) / 1000));
  const checked = [
    lastCheck === undefined ? 1 : STATUS_NUMBERS[lastCheck.status],
    lastCheck === undefined ? 0 : lastCheck.passed ? 3 : 2,
    administrative === 'maint'
      ? 0
      : check === undefined
        ? (config.rise ?? PLAIN_CHECK.rise)
        : Math.min(health, fullHealth(check)),
    checkBits(server),
  ];
  const { names, address } = server.written;
  const shown = server.unresolved || isIP(host) === 0 ? '-' : host;
  const service = names?.service === true ? names.name : '-';
  const shownPort = server.unresolved && address.kind === 'tcp' ? address.port : port;
  const words: readonly (string | number)[][] = [
    [backend.config.number, backend.config.name, server.id, config.name, shown],
    [operational, admin, server.weight, config.weight, since, ...checked],
    [agentBits(server), 0, 0, server.name ?? '-', shownPort, service, tlsState(config)],
    [check?.port ?? 0, check?.host ?? '-', agent?.host ?? '-', agent?.port ?? 0],
  ];
  return words.flat().join(' ');
}

/** Checks pause in maintenance; as in HAProxy a server that the file disables shows that even without checks. */
function checkBits({ config: { check, disabled }, administrative }: ServerRuntime): number {
  const waits = administrative === 'maint' ? CHECK.paused : 0;
  if (check === undefined) return disabled ? waits : 0;
  return check.paused === true ? CHECK.configured : CHECK.configured + CHECK.enabled + waits;
}

/** As in HAProxy the agent of a server that the file disables is asked all the same. */
function agentBits({ config: { agent, disabled }, administrative }: ServerRuntime): number {
  if (agent === undefined) return 0;
  const configured = CHECK.configured + CHECK.agent;
  if (agent.paused === true) return configured;
  return configured + CHECK.enabled + (administrative === 'maint' && !disabled ? CHECK.paused : 0);
}

function connLine(server: ServerRuntime, { config }: BackendRuntime): string {
  const { host, port } = placeOf(server.config);
  const { poolPurgeDelay, poolMaxConn } = server.config;
  const used = server.current;
  const { mostSessions, idle } = server.counters;
  return (
    `${server.key} ${config.number}/${server.id} ${host} ${port} - ${poolPurgeDelay} ` +
    `${used} ${mostSessions} ${used} ${idle} 0 ${poolMaxConn} ${idle} ${idle}`
  );
}

function placeOf({ address }: Server): { readonly host: string; readonly port: number } {
  return address.kind === 'tcp' ? address : { host: address.path, port: 0 };
}

/** srv_use_ssl: -1 where `no-ssl` keeps it from the TLS of default-server. */
function tlsState({ tls, tlsRefused }: Server): number {
  if (tls !== undefined) return 1;
  return tlsRefused === true ? -1 : 0;
}
