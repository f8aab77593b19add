import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** How much goes on while the configuration changes. */
export interface Wish {
  readonly sockets: number;
  /** Milliseconds between two messages of a WebSocket. */
  readonly interval: number;
  /** Requests a second; every second one on a connection of its own. */
  readonly rate: number;
  /** Connections opened in one moment, once a second. */
  readonly storm: number;
}

/** What came of it. */
export interface Tally {
  requests: number;
  /** Requests without a complete 200, by reason. */
  readonly lost: Record<string, number>;
  /** Among those: connections refused. */
  refused: number;
  /** WebSocket messages sent, and those whose answer never came. */
  messages: number;
  unanswered: number;
  /** WebSockets closed by anybody but us, by code. */
  readonly cut: Record<string, number>;
  /** Milliseconds of the slowest request. */
  slowest: number;
}

/** How long an answer is waited for, in milliseconds. */
const PATIENCE = 10_000;

interface Visitor {
  readonly socket: WebSocket;
  readonly waiting: Set<string>;
  readonly timer: NodeJS.Timeout;
}

/** Visitors of one address: WebSockets that send and expect echoes, requests with keep-alive and without, storms of connections. */
export class Traffic {
  readonly tally: Tally = {
    requests: 0,
    lost: {},
    refused: 0,
    messages: 0,
    unanswered: 0,
    cut: {},
    slowest: 0,
  };
  readonly #port: number;
  readonly #wish: Wish;
  readonly #visitors = new Set<Visitor>();
  readonly #kept = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #timers: NodeJS.Timeout[] = [];
  #open = 0;
  #number = 0;
  #ending = false;

  constructor(port: number, wish: Wish) {
    this.#port = port;
    this.#wish = wish;
  }

  /** Opens the WebSockets, then lets the rest begin. */
  async start(): Promise<void> {
    const { sockets, rate, storm } = this.#wish;
    for (let opened = 0; opened < sockets; opened += 50)
      await Promise.all(Array.from({ length: Math.min(50, sockets - opened) }, () => this.#visit()));
    let turn = 0;
    this.#timers.push(setInterval(() => this.#ask((turn += 1) % 2 === 0), 1000 / rate));
    if (storm > 0)
      this.#timers.push(
        setInterval(() => {
          for (let n = 0; n < storm; n += 1) this.#ask(false);
        }, 1000),
      );
  }

  /** Some visitors leave and others come, as they do: so each configuration has connections of its own. */
  async renew(count: number): Promise<void> {
    const leaving = [...this.#visitors].slice(0, count);
    for (const visitor of leaving) this.#leave(visitor);
    await Promise.all(leaving.map(() => this.#visit()));
  }

  /** Waits for what is still open, and ends. */
  async stop(): Promise<Tally> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const { timer } of this.#visitors) clearInterval(timer);
    const pending = (): boolean => this.#open > 0 || [...this.#visitors].some(({ waiting }) => waiting.size > 0);
    for (let waited = 0; pending() && waited < PATIENCE; waited += 50) await sleep(50);
    this.#ending = true;
    for (const visitor of this.#visitors) this.#leave(visitor);
    this.#kept.destroy();
    return this.tally;
  }

  #visit(): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}/ws`, { perMessageDeflate: false });
    const waiting = new Set<string>();
    return new Promise((resolve) => {
      const send = (): void => {
        const text = String((this.#number += 1));
        waiting.add(text);
        this.tally.messages += 1;
        socket.send(text);
      };
      let visitor: Visitor | undefined;
      socket.on('open', () => {
        visitor = { socket, waiting, timer: setInterval(send, this.#wish.interval) };
        this.#visitors.add(visitor);
        resolve();
      });
      socket.on('message', (data: Buffer) => waiting.delete(data.toString()));
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (visitor === undefined) this.#lose(error.code ?? error.message);
        resolve();
      });
      socket.on('close', (code) => {
        if (visitor === undefined || !this.#visitors.has(visitor)) return;
        this.#leave(visitor);
        if (this.#ending) return;
        this.tally.cut[code] = (this.tally.cut[code] ?? 0) + 1;
        void this.#visit();
      });
    });
  }

  #leave(visitor: Visitor): void {
    const { socket, waiting, timer } = visitor;
    clearInterval(timer);
    this.#visitors.delete(visitor);
    // The answer to the message of a moment ago may be on its way.
    if (socket.readyState === WebSocket.OPEN && waiting.size > 0 && !this.#ending)
      return void setTimeout(() => this.#finish(visitor), 1000);
    this.#finish(visitor);
  }

  #finish({ socket, waiting }: Visitor): void {
    this.tally.unanswered += waiting.size;
    waiting.clear();
    if (socket.readyState === WebSocket.OPEN) socket.close(1000);
    else socket.terminate();
  }

  #ask(keep: boolean): void {
    const began = performance.now();
    this.#open += 1;
    let over = false;
    const done = (problem?: string): void => {
      if (over) return;
      over = true;
      this.#open -= 1;
      this.tally.requests += 1;
      this.tally.slowest = Math.max(this.tally.slowest, performance.now() - began);
      if (problem !== undefined) this.#lose(problem);
    };
    const agent = keep ? this.#kept : undefined;
    const request = get({ host: '127.0.0.1', port: this.#port, path: '/page', agent: agent ?? false }, (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode === 200 ? undefined : `status ${response.statusCode}`));
      response.on('close', () => done('answer cut'));
    });
    request.setTimeout(PATIENCE, () => request.destroy(Object.assign(new Error('too late'), { code: 'timeout' })));
    request.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
  }

  #lose(why: string): void {
    this.tally.lost[why] = (this.tally.lost[why] ?? 0) + 1;
    if (why === 'ECONNREFUSED') this.tally.refused += 1;
  }
}
