import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { engineStatements } from './engines.ts';
import type { Engine } from './engines.ts';
import { Origin } from './origin.ts';
import type { Reply } from './origin.ts';
import { openRaw } from './raw.ts';
import type { RawSocket } from './raw.ts';
import { startRouting } from './routing.ts';
import type { Routing, Statements } from './routing.ts';
import { forEachEngine, together } from './scenario.ts';
import { PATIENCE } from './until.ts';

/** A case that takes longer than this hangs. */
const CASE_MS = 20_000 * PATIENCE;

/** One engine in front of a scripted server, shared by the cases of a conformance file. */
export interface Bench extends Routing {
  readonly engine: Engine;
  readonly origin: Origin;
}

export interface BenchOptions {
  readonly global?: Statements;
  readonly frontend?: Statements;
  readonly backend?: Statements;
  /** Parameters after the server's address. */
  readonly server?: string;
}

/** A case: one sentence, and the engines that fail it by design, with the reason. */
export interface Case {
  readonly run: (t: TestContext, bench: Bench) => Promise<void>;
  readonly except?: Partial<Record<Engine, string>>;
}

export async function startBench(t: TestContext, engine: Engine, options: BenchOptions = {}): Promise<Bench> {
  const origin = await Origin.listen(t);
  const routing = await startRouting(t, 'router', {
    ...(options.global !== undefined && { global: options.global }),
    frontend: [...engineStatements(engine), ...(options.frontend ?? [])],
    backend: [...(options.backend ?? []), `server one 127.0.0.1:${origin.port} ${options.server ?? ''}`],
  });
  return { ...routing, engine, origin };
}

/** Runs every case against every engine; the cases of one call share a router, so that each is inexpensive. */
export function conformance(
  subject: string,
  options: BenchOptions,
  cases: Readonly<Record<string, Case | Case['run']>>,
): void {
  const suite = async (t: TestContext, engine: Engine): Promise<void> => {
    const bench = await startBench(t, engine, options);
    for (const [sentence, entry] of Object.entries(cases)) {
      const { run, except } = typeof entry === 'function' ? { run: entry } : entry;
      const reason = except?.[engine];
      if (reason === undefined) await t.test(sentence, { timeout: CASE_MS }, (inner) => run(inner, bench));
      else t.diagnostic(`${engine} engine, fails by design: ${sentence}: ${reason}`);
    }
    if (!bench.process.running) throw new Error(`the router died\n${bench.process.output}`);
  };
  // Many cases wait for timeouts, of one engine as well as of the other. One that hangs must not cancel those after it.
  together(subject, () => forEachEngine(`${subject}, all cases`, suite, {}, CASE_MS * (Object.keys(cases).length + 1)));
}

/**
 * The meaning of a message regardless of its form, for engines that rewrite heads and chunks. Header lines are sorted,
 * the options `keep-alive` and `close`, which are per hop, are omitted, and chunks are decoded.
 */
export function meaning(text: string): string {
  const end = text.indexOf('\r\n\r\n');
  const [line = '', ...headers] = text.slice(0, end).split('\r\n');
  const fields = headers.map((header) =>
    header.replace(
      /^([^:]*):[ \t]*(.*?)[ \t]*$/,
      (_, name: string, value: string) => `${name.toLowerCase()}: ${value}`,
    ),
  );
  const body = fields.includes('transfer-encoding: chunked') ? contentOf(text.slice(end + 4)) : text.slice(end + 4);
  return [line, ...fields.filter((field) => !/^connection: (keep-alive|close)$/.test(field)).sort(), '', body].join(
    '\n',
  );
}

function contentOf(chunks: string): string {
  let content = '';
  for (let rest = chunks; ;) {
    const size = Number.parseInt(rest, 16);
    const data = rest.indexOf('\r\n') + 2;
    if (!(size > 0)) return content;
    content += rest.slice(data, data + size);
    rest = rest.slice(data + size + 2);
  }
}

/** Byte-for-byte equal for the wire engine, equal in meaning for the other. */
export function assertSame(bench: Bench, actual: string, expected: string): void {
  if (bench.engine === 'wire') assert.equal(actual, expected);
  else assert.equal(meaning(actual), meaning(expected));
}

/** Heads are written with | for line endings; everything after || is the literal body. */
export function message(text: string): string {
  const end = text.indexOf('||');
  if (end === -1) return `${text.replaceAll('|', '\r\n')}\r\n\r\n`;
  return `${text.slice(0, end).replaceAll('|', '\r\n')}\r\n\r\n${text.slice(end + 2)}`;
}

/** Sends a request and waits for an answer that matches; the test keeps the connection. */
export async function ask(
  t: TestContext,
  bench: Bench,
  request: string,
  answer: string | RegExp = /ok$/,
): Promise<RawSocket> {
  const client = await openRaw(t, bench.port);
  client.send(request);
  await client.expect(answer);
  return client;
}

/** Makes the server send `reply` to `target` and returns everything a client receives until its connection ends. */
export async function answerTo(
  t: TestContext,
  bench: Bench,
  target: string,
  reply: Reply,
  request = `GET ${target} HTTP/1.1|Host: a|Connection: close`,
): Promise<string> {
  bench.origin.replies.set(target, reply);
  const client = await openRaw(t, bench.port);
  client.send(message(request));
  return client.rest();
}
