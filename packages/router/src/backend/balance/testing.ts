/** Shared by the balancing tests: servers that count their load, requests with one relevant part. */
import type { RequestFacts } from '../../model/facts.ts';
import type { Candidate } from './algorithm.ts';

export interface FakeServer extends Candidate {
  load: number;
  current: number;
  lastChange: number;
  full: boolean;
}

let changes = 0;

/** Its load has changed. */
export function changed(server: FakeServer | undefined): void {
  if (server !== undefined) server.lastChange = changes += 1;
}

export function servers(...weights: readonly number[]): FakeServer[] {
  return weights.map((weight, index) => ({
    id: index + 1,
    weight,
    share: weight * 16,
    load: 0,
    current: 0,
    lastChange: 0,
    full: false,
  }));
}

export interface Asked {
  readonly target?: string;
  readonly client?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

export function request({ target = '/', client = '127.0.0.1', headers = {} }: Asked): RequestFacts {
  const endpoint = { address: client, port: 4000 };
  const connection = {
    peer: endpoint,
    local: endpoint,
    client: endpoint,
    destination: endpoint,
    proxied: false,
    tls: undefined,
  };
  return {
    connection,
    method: 'GET',
    target,
    version: '1.1',
    header: (name) => headers[name] ?? [],
    fields: { names: [], values: [] },
  };
}

/** A reproducible stand-in for Math.random (linear congruential). */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
