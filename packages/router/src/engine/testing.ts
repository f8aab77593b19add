/** One frontend with one engine, in the process of a test, before servers that say what they are told to. */
import { performance } from 'node:perf_hooks';
import type { TestContext } from 'node:test';
import type { Link } from '@headgate/shared/net/link';
import { HandleLink } from '@headgate/shared/net/node/handle-link';
import { Acceptor } from '@headgate/shared/net/transport';
import { Problems } from '@headgate/shared/config/problem';
import { createBackend } from '../backend/runtime.ts';
import { compile } from '../config/compile.ts';
import { readText } from '../config/read.ts';
import type { AccessRecord } from '../model/record.ts';
import type { World } from '../model/evaluation.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import type { Engine } from './contract.ts';
import { newFrontendCounters, newProcessCounters } from '../stats/counters.ts';
import { PasswordChecks } from '../auth/checks.ts';
import { errorAnswer } from '../http/error-answers.ts';
import { decisionsOf } from '../rules/memory.ts';
import { systemWorld } from '../run/system-world.ts';
import { engines } from '../run/engines.ts';
import { openRaw, RawServer, type RawSocket } from '../../../../test/support/raw.ts';

export interface Bench {
  readonly engine: Engine;
  /** Access lines so far. */
  readonly records: readonly AccessRecord[];
  /** Connections the server accepted, in order. */
  readonly servers: readonly RawSocket[];
  /** The engine's ends of the clients' connections, in order. */
  readonly fronts: readonly HandleLink[];
  open(): Promise<RawSocket>;
  /** Resolves when there are this many access lines. */
  logged(count: number): Promise<void>;
  /** Resolves when the server has accepted this many connections in all. */
  accepted(count: number): Promise<void>;
  /** Resolves when none of the server's connections is open any more on our side. */
  serversLeft(): Promise<void>;
}

export interface BenchOptions {
  /** `http-proxy` unless it says otherwise. */
  readonly engine?: keyof typeof engines;
  readonly frontend?: readonly string[];
  readonly backend?: readonly string[];
  /** Behind the server's address. */
  readonly server?: string;
  /** The clock and chance that rules see; the system's unless it says otherwise. */
  readonly world?: Partial<World>;
  /** The server's port, when it is not to be one that listens. */
  readonly port?: number;
}

const limits = 'timeout client 5s\n timeout connect 5s\n timeout server 5s';

/** The engines of mode http, which pass the same tests. */
export const HTTP_ENGINES = ['wire', 'http-proxy'] as const satisfies readonly (keyof typeof engines)[];

/** `reply` is called for every connection of the server. */
export async function startBench(
  t: TestContext,
  reply: (connection: RawSocket) => void,
  options: BenchOptions = {},
): Promise<Bench> {
  const name = options.engine ?? 'http-proxy';
  const server = await RawServer.listen(t, reply);
  const config = `defaults\n mode http\n ${limits}\nfrontend all\n bind 127.0.0.1:0\n ${name === 'tcp' ? '' : `engine ${name}`}\n ${(options.frontend ?? []).join('\n ')}
 default_backend apps\nbackend apps\n ${(options.backend ?? []).join('\n ')}\n server one 127.0.0.1:${options.port ?? server.port} ${options.server ?? ''}\n`;
  const problems = new Problems();
  const { snapshot } = compile(readText(config, 'test.cfg', {}, problems), { readFile: () => undefined }, problems);
  const frontend = snapshot?.frontends[0];
  if (snapshot === undefined || frontend === undefined)
    throw new Error(problems.list.map(({ message }) => message).join('; '));

  const after = (ms: number, fn: () => void) => {
    const timer = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(timer) };
  };
  const deps = { now: () => performance.now(), after, random: () => 0, report: () => undefined };
  const backends = new Map([...snapshot.backends].map(([name, backend]) => [name, createBackend(backend, deps)]));
  const records: AccessRecord[] = [];
  const waiting = new Set<() => void>();
  const create = await engines[name]();
  const engine = create({
    config: frontend,
    global: snapshot.global,
    backends,
    decide: decisionsOf(frontend, backends),
    passwords: new PasswordChecks(),
    world: { ...systemWorld(1), ...options.world },
    counts: { process: { value: 0 }, frontend: { value: 0 } },
    log: (record) => {
      records.push(record);
      for (const wake of waiting) wake();
    },
    serve: () => errorAnswer(501),
    failed: () => undefined,
    invalid: () => undefined,
    counters: newFrontendCounters(0),
    process: newProcessCounters(0),
    event: () => undefined,
    unreachable: (server, reason) => t.diagnostic(`${server}: ${reason}`),
    report: (_severity, message) => t.diagnostic(message),
  });

  const fronts: HandleLink[] = [];
  const front = new Acceptor(
    { noDelay: true, shards: 1, lending: true },
    (link) => {
      if (link instanceof HandleLink) fronts.push(link);
      engine.serve(link, factsOf(link), Buffer.alloc(0));
    },
    (error) => t.diagnostic(error.message),
  );
  const address = await front.listen({ host: '127.0.0.1', port: 0 });
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const { port } = address;
  t.after(() => {
    engine.close();
    front.close();
  });
  return {
    engine,
    records,
    servers: server.connections,
    fronts,
    open: () => openRaw(t, port),
    logged: async (count) => {
      while (records.length < count) {
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    accepted: async (count) => {
      while (server.connections.length < count) await server.next();
    },
    serversLeft: async () => {
      for (const connection of server.connections) await connection.ended();
    },
  };
}

function factsOf({ peer, local }: Link): ConnectionFacts {
  return { peer, local, client: peer, destination: local, proxied: false, tls: undefined };
}

/** A server that sends `answer` for every request head it reads. */
export function answering(answer: string): (connection: RawSocket) => void {
  return (connection) => {
    let seen = 0;
    connection.socket.on('data', () => {
      const heads = connection.text.split('\r\n\r\n').length - 1;
      for (; seen < heads; seen += 1) connection.send(answer);
    });
  };
}
