/** The same configuration and the same bytes, through HAProxy and through our router: what clients and log receivers get. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { engineStatements } from './engines.ts';
import type { Engine } from './engines.ts';
import { Origin } from './origin.ts';
import { exchange } from './raw.ts';
import { startRouting } from './routing.ts';
import type { RoutingParts } from './routing.ts';
import { until } from './until.ts';

export interface Beside {
  readonly parts: RoutingParts;
  /** Requests by what they show; each is sent on a connection of its own, and must end it. */
  readonly requests: Readonly<Record<string, string>>;
  /** Whether log lines are compared too, one for each request. */
  readonly logs?: boolean;
  /** Scripts the servers' answers. */
  readonly origin?: (origin: Origin) => void;
  readonly engine?: Engine;
  /** Changes both texts before they are compared: what is known to differ. */
  readonly normal?: (text: string) => string;
}

interface Seen {
  readonly answers: Readonly<Record<string, string>>;
  readonly heads: readonly string[];
  readonly lines: readonly string[];
}

/** Runs both and compares every answer, every head that reached the server, and every log line. */
export async function beside(t: TestContext, about: Beside): Promise<void> {
  const theirs = await see(t, 'haproxy', about);
  const ours = await see(t, 'router', about);
  for (const name of Object.keys(about.requests)) assert.equal(ours.answers[name], theirs.answers[name], name);
  assert.deepEqual(ours.heads, theirs.heads, 'what the server got');
  assert.deepEqual(ours.lines, theirs.lines, 'what the log got');
}

async function see(t: TestContext, router: 'haproxy' | 'router', about: Beside): Promise<Seen> {
  const { parts, requests, logs = false, origin: script, engine, normal = (text) => text } = about;
  const origin = await Origin.listen(t);
  script?.(origin);
  const own = router === 'router' && engine !== undefined ? engineStatements(engine) : [];
  const { port, syslog } = await startRouting(t, router, {
    ...parts,
    frontend: [...own, ...(parts.frontend ?? [])],
    backend: [...(parts.backend ?? []), `server one 127.0.0.1:${origin.port}`],
  });
  const answers: Record<string, string> = {};
  const before = syslog.messages().length;
  for (const [index, [name, bytes]] of Object.entries(requests).entries()) {
    answers[name] = normal(lowered(await exchange(t, port, bytes)));
    if (logs) await until(`the log line of '${name}'`, () => syslog.messages().length > before + index);
  }
  const heads = origin.requests.map(({ head, body }) => normal(lowered(`${head}${body}`)));
  return {
    answers,
    heads,
    lines: logs
      ? syslog
          .messages()
          .slice(before)
          .map((line) => normal(steady(line)))
      : [],
  };
}

/** HAProxy lowers the names of the fields it passes on and trims their values; the router keeps the bytes. */
function lowered(message: string): string {
  const end = message.indexOf('\r\n\r\n');
  const head = message
    .slice(0, end)
    .replaceAll(
      /^([^:\s]+):[ \t]*([^\r\n]*?)[ \t]*(?=\r|$)/gm,
      (_, name: string, value: string) => `${name.toLowerCase()}: ${value}`,
    );
  return head + message.slice(end);
}

/** A log line without what differs from run to run: ports, times, numbers of open connections, and bytes sent, which HAProxy counts otherwise. */
export function steady(line: string): string {
  return line
    .replace(/127\.0\.0\.1:\d+ \[[^\]]+\]/, 'CLIENT [DATE]')
    .replace(
      / (-?\d+(?:\/-?\d+){4}) (-?\d+) \d+ /,
      (_, timers: string, status: string) => ` ${timers.replaceAll(/(?<!-)\b\d+/g, 'T')} ${status} BYTES `,
    )
    .replace(/ \d+\/\d+(\/\d+\/\d+\/\+?\d+ \d+\/\d+ )/, ' OPEN/OPEN$1');
}
