import { explain, explainRecords } from '../../explain/explain.ts';
import type { ExchangeRecord } from '../../exchange/exchange-record.ts';
import type { Commands } from '../command.ts';
import type { Desk } from '../desk.ts';
import { answered, type Answered } from '../json-answer.ts';
import { find, idOfSession } from './sessions.ts';

export const explaining = {
  explain: {
    usage: '<id> [json]',
    text: 'report which rules led a session where it is (ids: show sess)',
    level: 'operator',
    alone: 'the session is in one of them',
    run: (words, desk) => answered(words, (others) => explainSession(others, desk)),
  },
} as const satisfies Commands;

function explainSession(words: readonly string[], { router, snapshot }: Desk): Answered {
  const [id = ''] = words.filter((word) => word !== '--live');
  const exchange = find(router.sessions, id)?.exchange;
  const loaded = snapshot();
  if (exchange === undefined) return { refused: "No such session (use 'show sess').\n" };
  if (loaded === undefined) return { refused: 'No such session: no configuration is in effect yet.\n' };
  const { config } = exchange.context;
  // An explanation must not change what rules count and set.
  const { connection, request, world, entrance, variables, logins } = exchange;
  const on = { connection, request, world, entrance, variables: { ...variables, set() {}, unset() {} }, logins };
  const facts = factsOf(exchange);
  return {
    text: [
      ...Object.entries(facts).map(([name, value]) => `${name.padEnd(12)} ${inWords(name, value)}`),
      '',
      ...explain(loaded, config, on),
    ]
      .map((line) => `${line}\n`)
      .join(''),
    json: { session: { id: idOfSession(exchange), ...facts }, way: explainRecords(loaded, config, on) },
  };
}

function factsOf(exchange: ExchangeRecord): Readonly<Record<string, string | number>> {
  const { connection, server, backend, status } = exchange;
  return {
    request: exchange.requestLine,
    client: `${connection.client.address}:${connection.client.port}`,
    frontend: exchange.context.config.name,
    backend: backend?.config.name ?? '',
    server: server?.config.name ?? '',
    age: Math.floor(exchange.age),
    queued: exchange.queueTime,
    connected: exchange.connectTime,
    responded: exchange.responseTime,
    status,
    retries: exchange.retries,
    received: exchange.bytesFromClient,
    sent: exchange.bytesToClient,
  };
}

/** Times of a session, in milliseconds. */
const TIMES: ReadonlySet<string> = new Set(['age', 'queued', 'connected', 'responded']);
const BYTES: ReadonlySet<string> = new Set(['received', 'sent']);

/** `12 ms`, `1200 bytes`; a time, or a status, that has not been reached is `not yet`. */
function inWords(name: string, value: string | number): string {
  if (value === -1) return 'not yet';
  if (TIMES.has(name)) return `${value} ms`;
  return BYTES.has(name) ? `${value} bytes` : String(value);
}
