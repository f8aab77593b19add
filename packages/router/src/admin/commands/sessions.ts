import { bytesOfRequest } from '../../model/record.ts';
import { addressText } from '@headgate/shared/net/endpoint';
import type { OpenSession } from '../../engine/open-session.ts';
import type { ExchangeRecord } from '../../exchange/exchange-record.ts';
import { failures } from '../../model/failure.ts';
import { localDate } from '../../sample/date.ts';
import { age } from '../../stats/page/numbers.ts';
import type { Commands } from '../command.ts';
import { endAll, findServer, serverSessions, serverTunnels } from '../desk.ts';

const NOT_FOUND = 'Session not found.\n';

/** Lines of one answer. */
const MOST_SESSIONS = 10_000;

/**
 * HAProxy names a session by its address in memory. Here it gets a number when it is first shown, so that what is never shown
 * costs nothing.
 */
const numbers = new WeakMap<ExchangeRecord, number>();
let last = 0;
let step = 1;

/** With workers: no two of them use the same number. */
export function numberSessions(worker: number, workers: number): void {
  last = worker - workers;
  step = workers;
}

export const sessions = {
  'show sess': {
    usage: '[id]',
    text: 'report the list of current sessions or dump this exact session',
    level: 'operator',
    async run([id], desk) {
      const open = desk.router.sessions;
      const others = (await desk.sharing?.everywhere(['show', 'sess', ...(id === undefined ? [] : [id])])) ?? [];
      // As in HAProxy, a word that is no number lists all sessions.
      if (id === undefined || !isId(id)) {
        const shown = open.slice(0, MOST_SESSIONS);
        return [...shown.map((one) => (id === 'all' ? detailsOf(one) : lineOf(one))), ...others].join('');
      }
      const found = find(open, id);
      if (found !== undefined) return detailsOf(found);
      return others.find((answer) => answer !== NOT_FOUND) ?? NOT_FOUND;
    },
  },
  'shutdown session': {
    usage: '[id]',
    text: 'kill a specific session',
    level: 'admin',
    async run([id = ''], { router, sharing }) {
      if (!isId(id)) return "Session pointer expected (use 'show sess').\n";
      const found = find(router.sessions, id);
      if (found === undefined) {
        const others = (await sharing?.everywhere(['shutdown', 'session', id])) ?? [];
        return others.includes('') ? '' : "No such session (use 'show sess').\n";
      }
      found.kill(failures.shutDown);
      return '';
    },
  },
  'shutdown sessions server': {
    usage: '<bk>/<srv>',
    text: 'kill sessions on a server',
    level: 'admin',
    async run([name], desk) {
      const found = findServer(desk, name);
      if (typeof found === 'string') return found;
      endAll(serverSessions(desk, found.server), serverTunnels(desk, found.server));
      await desk.sharing?.everywhere(['shutdown', 'sessions', 'server', found.server.key]);
      return '';
    },
  },
} as const satisfies Commands;

/** The session of an id that `show sess` printed. */
export function find(open: readonly OpenSession[], id: string): OpenSession | undefined {
  const number = Number(id);
  return open.find(({ exchange }) => numbers.get(exchange) === number);
}

function isId(word: string): boolean {
  return /^0x[0-9a-f]{1,13}$/i.test(word);
}

/** `0x1`: what names it in `shutdown session`. */
export function idOfSession(exchange: ExchangeRecord): string {
  let number = numbers.get(exchange);
  if (number === undefined) numbers.set(exchange, (number = last += step));
  return `0x${number.toString(16)}`;
}

/** The fields of HAProxy's line. What it says of its own tasks and buffers has no counterpart: 0, or nothing. */
function lineOf({ exchange }: OpenSession): string {
  const { backend, server, retries } = exchange;
  return (
    `${idOfSession(exchange)}: proto=${protocolOf(exchange)} src=${sourceOf(exchange)} fe=${exchange.context.config.name} ` +
    `be=${backend?.config.name ?? '<NONE>'} srv=${server?.config.name ?? '<none>'} ts=00 epoch=0 age=${age(exchange.age)} ` +
    `calls=1 rate=0 cpu=0 lat=0 rq[f=0h,i=0,an=00h,rx=,wx=,ax=] rp[f=0h,i=0,an=00h,rx=,wx=,ax=] ` +
    `scf=[8,0h,fd=-1] scb=[${server === undefined ? 0 : 8},0h,fd=-1] exp= rc=${retries} c_exp=\n`
  );
}

function detailsOf({ exchange }: OpenSession): string {
  const { backend, backendConfig, server, context, retries, status, connection, placement } = exchange;
  const mode = context.config.engine === 'tcp' ? 'tcp' : 'http';
  const none = '<NONE> (id=-1)';
  const lines = [
    `${idOfSession(exchange)}: [${localDate(exchange.acceptedAt)}] id=${exchange.number} proto=${protocolOf(exchange)} source=${sourceOf(exchange)}`,
    `  flags=0x0, conn_retries=${retries}, conn_exp=<NEVER> conn_et=0x000 srv_conn=${server?.key ?? '(nil)'}, pend_pos=${placement?.holding === true || placement === undefined ? '(nil)' : placement.backendQueue} waiting=0 epoch=0`,
    `  frontend=${context.config.name} (id=${context.config.number} mode=${mode}), listener=? (id=1) addr=${addressText(connection.local.address, connection.local.port)}`,
    backend === undefined
      ? '  backend=<NONE> (id=-1 mode=-)'
      : `  backend=${backend.config.name} (id=${backend.config.number} mode=${mode})`,
    server === undefined ? `  server=${none}` : `  server=${server.config.name} (id=${server.id})`,
    `  age=${age(exchange.age)} queue=${exchange.queueTime} connect=${exchange.connectTime} response=${exchange.responseTime} status=${status}`,
    `  req=(total=${bytesOfRequest(exchange)}) ${JSON.stringify(exchange.requestLine)}`,
    `  res=(total=${exchange.bytesToClient})${backendConfig === undefined ? '' : ` to=${connection.client.address}:${connection.client.port}`}`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function protocolOf({ connection }: ExchangeRecord): string {
  const { address } = connection.peer;
  return address === '' ? 'unix_stream' : address.includes(':') ? 'tcpv6' : 'tcpv4';
}

function sourceOf({ connection }: ExchangeRecord): string {
  const { address, port } = connection.client;
  return address === '' ? 'unix:1' : `${address}:${port}`;
}
