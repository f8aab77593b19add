import { isIP } from 'node:net';
import type { BackendRuntime } from '../../backend/runtime.ts';
import { readWeight } from '../../backend/weight.ts';
import { askedAgent } from '../../model/server.ts';
import type { Server } from '../../model/snapshot.ts';
import { isAskable } from '../../names/message.ts';
import type { Desk, FoundServer, ServerRuntime } from '../desk.ts';

// HAProxy ends sentences with a newline, and nothing else.
const NO_CHECKS = 'health checks are not enabled on this server';
const NO_AGENT = 'agent checks are not enabled on this server';

type SetServer = (args: readonly string[], found: FoundServer, desk: Desk) => string;

/** What `set server` can set. */
export const SETTINGS: Readonly<Record<string, SetServer>> = {
  addr: setAddress,
  agent([word], { backend, server }) {
    if (askedAgent(server.config) === undefined) return `${NO_AGENT}.\n`;
    if (word !== 'up' && word !== 'down') return "'set server <srv> agent' expects 'up' or 'down'.\n";
    backend.setAgent(server, word === 'down', ', changed from CLI');
    return '';
  },
  'agent-addr'([address, word, port], found, desk) {
    if (address === undefined) return 'set server <b>/<s> agent-addr requires an address and optionally a port.\n';
    return moveAgent(found, desk, { address, ...(word === 'port' ? { port } : {}) });
  },
  'agent-port'([port], found, desk) {
    if (port === undefined) return 'set server <b>/<s> agent-port requires a port.\n';
    return moveAgent(found, desk, { port });
  },
  'agent-send'([send = ''], { backend, server }, desk) {
    const agent = askedAgent(server.config);
    if (agent === undefined) return `${NO_AGENT}.\n`;
    change(desk, backend, server, { agent: { ...agent, send } });
    return '';
  },
  'check-port'([port], { backend, server }, desk) {
    const { check } = server.config;
    if (port === undefined) return 'set server <b>/<s> check-port requires a port.\n';
    if (check === undefined || check.paused === true) return NO_CHECKS;
    const number = readPort(port);
    if (typeof number === 'string') return number;
    change(desk, backend, server, { check: { ...check, port: number } });
    return '';
  },
  'check-addr'([address, word, port], { backend, server }, desk) {
    const { check } = server.config;
    if (address === undefined) return 'set server <b>/<s> check-addr requires an address and optionally a port.\n';
    if (check === undefined || check.paused === true) return NO_CHECKS;
    if (isIP(address) === 0) return `invalid addr '${address}'`;
    const number = word === 'port' ? readPort(port) : check.port;
    if (typeof number === 'string') return number;
    change(desk, backend, server, { check: { ...check, host: address, port: number } });
    return '';
  },
  fqdn([name], { backend, server }, desk) {
    const { key, place, written } = server;
    const { address, names = written.laterNames } = written;
    if (name === undefined || !isAskable(name)) return 'set server <b>/<s> fqdn requires a FQDN.\n';
    if (address.kind === 'unix') return 'a unix socket has no FQDN.\n';
    if (names?.resolvers === undefined) return 'set server <b>/<s> fqdn failed because no resolution is configured.\n';
    if (names.service) return `${key} is a server of an SRV record, which gives it its FQDN\n`;
    change(desk, backend, server, { address: { ...address, host: name }, names: { ...names, name } });
    // It stays where it is until a name server has answered.
    const changed = backend.servers.find((one) => one.key === key);
    const stays = written.names === undefined ? { host: address.host } : place && { host: place.host };
    if (changed !== undefined && stays !== undefined) backend.named.begin(changed, stays);
    return `${key} changed its FQDN from ${names.name || '(null)'} to ${name} by 'stats socket command'\n`;
  },
  health([word], { backend, server }) {
    const { check } = server.config;
    const passed = word !== 'down';
    if (word !== 'up' && word !== 'down' && word !== 'stopping')
      return "'set server <srv> health' expects 'up', 'stopping', or 'down'.\n";
    if (check === undefined) return NO_CHECKS;
    const steps = passed ? check.rise : check.fall;
    const status = word === 'stopping' ? 'L7OKC' : 'L4OK';
    const result = { passed, status, code: undefined, info: 'changed from CLI', duration: 0 } as const;
    for (let step = 0; step < Math.max(1, steps); step += 1) backend.checked(server, result);
    return '';
  },
  ssl([word], { backend, server }, desk) {
    const { tls, tlsReady = tls } = server.config;
    if (tlsReady === undefined)
      return "'set server <srv> ssl' cannot be set.  default-server should define ssl settings\n";
    if (word !== 'on' && word !== 'off') return "'set server <srv> ssl' expects 'on' or 'off'.\n";
    change(
      desk,
      backend,
      server,
      word === 'on'
        ? { tls: tlsReady, tlsReady: undefined, tlsRefused: undefined }
        : { tls: undefined, tlsReady, tlsRefused: undefined },
    );
    return 'server ssl setting updated.\n';
  },
  state([word], { backend, server }) {
    if (word !== 'ready' && word !== 'drain' && word !== 'maint')
      return "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n";
    backend.administer(server, word);
    return '';
  },
  weight: ([weight], { backend, server }) => weigh(backend, server, weight),
};

/** HAProxy's texts, which end without a newline here. */
function moveAgent(
  { backend, server }: FoundServer,
  desk: Desk,
  { address, port }: { readonly address?: string; readonly port?: string | undefined },
): string {
  const agent = askedAgent(server.config);
  if (agent === undefined) return NO_AGENT;
  if (address !== undefined && isIP(address) === 0) return `invalid addr '${address}'`;
  const number = port === undefined ? agent.port : readPort(port);
  if (typeof number === 'string') return number;
  change(desk, backend, server, { agent: { ...agent, host: address ?? agent.host, port: number } });
  return '';
}

/** What is wrong with a value, as HAProxy answers: it ends sentences with a newline, and nothing else. */
export function complaint(wrong: string): string {
  return wrong.endsWith('.') ? `${wrong}\n` : wrong;
}

/** `10`, or `50%` of the configured weight. */
export function weigh(backend: BackendRuntime, server: ServerRuntime, text = ''): string {
  const weight = readWeight(text, server.config.weight);
  if (typeof weight === 'string') return complaint(weight);
  backend.weigh(server, weight);
  return '';
}

function setAddress(args: readonly string[], { backend, server }: FoundServer, desk: Desk): string {
  const [host = '', word, portText] = args;
  const { address } = server.config;
  if (host === '') return 'set server <b>/<s> addr requires an address and optionally a port.\n';
  if (isIP(host) === 0) return `Invalid addr '${host}' by 'stats socket command'\n`;
  if (address.kind === 'unix') return 'the address of a unix socket cannot be changed.\n';
  const port = word === 'port' ? portOf(portText) : address.port;
  const moved = host === address.host ? 'no need to change the addr' : `IP changed from '${address.host}' to '${host}'`;
  if (port === undefined)
    return `${moved}, problem converting port '${portText ?? ''}' to an int by 'stats socket command'\n`;
  if (server.written.names !== undefined)
    backend.named.move(server, { ...server.place, host, port }, 'stats socket command', false);
  else if (host !== address.host || port !== address.port)
    change(desk, backend, server, { address: { kind: 'tcp', host, port } });
  const from =
    port === address.port ? 'no need to change the port' : `port changed from '${address.port}' to '${port}'`;
  return `${moved}${word === 'port' ? `, ${from}` : ''} by 'stats socket command'\n`;
}

/** Until the next reload. */
export function change(desk: Desk, backend: BackendRuntime, { config }: ServerRuntime, to: Partial<Server>): void {
  desk.router.changeServers(
    backend,
    backend.config.servers.map((one) => (one.name === config.name ? { ...one, ...to } : one)),
  );
}

/** The port of a check or an agent, or why it is refused. */
function readPort(text = ''): number | string {
  if (!/^\d+$/.test(text)) return 'provided port is not an integer';
  return portOf(text) ?? 'provided port is invalid';
}

function portOf(text: string | undefined): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text ?? '') && port > 0 && port < 65_536 ? port : undefined;
}
