import type { FrontendContext } from '../exchange/context.ts';
import type { ExchangeRecord } from '../exchange/exchange-record.ts';
import type { HeadBytes } from '../http/head-bytes.ts';
import type { ServerState } from '../model/backend.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import type { InvalidMessage } from '../model/invalid-message.ts';

/** What is wrong with a message. */
export type Wrong = Pick<InvalidMessage, 'bytes' | 'at' | 'reason'> & { readonly passed?: number };

/** A head that is valid, and refused as a whole. */
export function wholeHead({ bytes, length }: HeadBytes, reason: string): Wrong {
  return { bytes: bytes.subarray(0, length), at: 0, reason };
}

/** Keeps a request that was refused before there was an exchange. */
export function keepInvalidHead(context: FrontendContext, { client }: ConnectionFacts, wrong: Wrong): void {
  const frontend = context.config;
  context.invalid({ kind: 'request', frontend, backend: undefined, server: undefined, client, passed: 0, ...wrong });
}

/** Keeps a request whose body broke its framing. */
export function keepInvalidBody({ context, connection, backendConfig }: ExchangeRecord, wrong: Wrong): void {
  const { config: frontend } = context;
  const { client } = connection;
  context.invalid({
    kind: 'request',
    frontend,
    backend: backendConfig,
    server: undefined,
    client,
    passed: 0,
    ...wrong,
  });
}

/** Keeps a response. */
export function keepInvalidResponse(exchange: ExchangeRecord, { config, id }: ServerState, wrong: Wrong): void {
  const { context, connection, backendConfig } = exchange;
  const { config: frontend } = context;
  const { client } = connection;
  const server = { name: config.name, number: id };
  context.invalid({ kind: 'response', frontend, backend: backendConfig, server, client, passed: 0, ...wrong });
}
