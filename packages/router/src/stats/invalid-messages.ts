import type { InvalidMessage, Numbered } from '../model/invalid-message.ts';

/** Bytes that are kept of a message, as in HAProxy (tune.bufsize). */
export const MOST_KEPT = 16_384;

export interface KeptMessage extends Omit<InvalidMessage, 'bytes'> {
  readonly bytes: Uint8Array;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** How many were refused in this process before it. */
  readonly event: number;
}

/** Of a proxy: the last of its requests, and of the responses of its servers, that were refused. */
interface LastInvalid {
  readonly request?: KeptMessage;
  readonly response?: KeptMessage;
}

/** What was refused last, in each proxy. A flood costs a copy for each message, and never more memory than two messages for each proxy. */
export class InvalidMessages {
  #total = 0;
  readonly #last = new Map<string, LastInvalid>();

  /** How many were refused since the start. */
  get total(): number {
    return this.#total;
  }

  keep(message: InvalidMessage): void {
    const name = (message.kind === 'request' ? message.frontend : message.backend)?.name ?? '';
    this.#last.set(name, { ...this.#last.get(name), [message.kind]: kept(message, this.#total) });
    this.#total += 1;
  }

  get all(): readonly KeptMessage[] {
    return [...this.#last.values()].flatMap(({ request, response }) =>
      [request, response].filter((message) => message !== undefined),
    );
  }

  /** Only these proxies exist now. */
  retain(proxies: ReadonlySet<string>): void {
    for (const name of this.#last.keys()) if (!proxies.has(name)) this.#last.delete(name);
  }
}

/** The bytes around the one that is wrong, when not all of them can be kept. */
function kept(message: InvalidMessage, event: number): KeptMessage {
  const { kind, frontend, backend, server, client, reason, bytes, at, passed } = message;
  const from = Math.max(0, Math.min(at - MOST_KEPT / 2, bytes.length - MOST_KEPT));
  return {
    kind,
    // Not what was given: with it a whole configuration would be kept.
    frontend: numbered(frontend),
    backend: backend && numbered(backend),
    server,
    client: { address: client.address, port: client.port },
    reason,
    bytes: Uint8Array.from(bytes.subarray(from, from + MOST_KEPT)),
    at: at - from,
    passed: passed + from,
    time: Date.now(),
    event,
  };
}

function numbered({ name, number }: Numbered): Numbered {
  return { name, number };
}
