import { setTimeout as pause } from 'node:timers/promises';
import { ask, type ControlAddress } from '@headgate/shared/admin/ask';
import { CONTROL_OPTIONS } from '@headgate/shared/admin/control-address';
import { lineOf } from '@headgate/shared/admin/words';
import { parseDuration } from '@headgate/shared/config/units';
import { counted } from '@headgate/shared/process/counted';
import { exit } from '@headgate/shared/process/exit';
import type { Command, CommandIo } from '@headgate/shared/process/product';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { atControl } from './control-address.ts';
import { SUMMARIES } from './summaries.ts';
import { usage } from './usage.ts';

const USAGE = 'deploy BACKEND/SERVER --to ADDRESS [--within TIME] [--json] [-s SOCKET | -f FILE]';
const HELP = `${SUMMARIES.deploy}

  --to ADDRESS     where the new version listens: 127.0.0.1:3002, /run/app2.sock
  --within TIME    how long it may take to pass its checks, and then how long open requests and tunnels of the
                   old one may last (default: 30s each)
  --json           print the report as one line of JSON
  -s SOCKET        the control socket of the router: a path, or HOST:PORT
  -f FILE          the configuration that names the socket ('stats socket'), when -s is not given

1. The new address is checked as the server would be, until it has passed 'rise' checks in a row. If it does not, nothing
   changes, and the exit code is 1.
2. The server moves there in one step: new requests and connections go to the new address.
3. The old one finishes its requests. Its WebSockets end with a Close frame (1012), spread over the second half of the time.
4. What is left then is ended, and the result is printed.

The steps by themselves: ctl deploy check|switch|status|end. The configuration file is not changed: see docs/deploying.md.`;

/** Milliseconds between two requests for what is left. */
const LOOK = 250;
/** Milliseconds that the router may take to answer, besides its checks. */
const ANSWER = 30_000;
/** Signals that end the command, with its exit code then. */
const INTERRUPTIONS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** Milliseconds for sessions that were ended to close. */
const LAST_WORDS = 5000;

interface Report {
  readonly done: boolean;
  readonly reason?: string;
  readonly [name: string]: unknown;
}

export const deploy: Command = {
  summary: SUMMARIES.deploy,
  async run(args, io) {
    if (usage.helped(args, USAGE, HELP, io)) return 0;
    const parsed = usage.parse(
      {
        args: [...args],
        allowPositionals: true,
        options: {
          to: { type: 'string' },
          within: { type: 'string' },
          json: { type: 'boolean' },
          ...CONTROL_OPTIONS,
        },
      },
      USAGE,
      io,
    );
    if (parsed === undefined) return WRONG_USAGE;
    const { to, within = '30s', json = false } = parsed.values;
    const [name, ...more] = parsed.positionals;
    if (name === undefined || more.length > 0 || to === undefined)
      return usage.wrong('a server and --to are needed', USAGE, io);
    const time = parseDuration(within, 's');
    if (!('value' in time)) return usage.wrong(time.error, USAGE, io);
    return atControl(parsed.values, io, (address) => new Deploy(address, name, to, time.value, json, io).run());
  },
};

/** check → switch → drain → report, in this order. */
class Deploy {
  readonly #address: ControlAddress;
  readonly #name: string;
  readonly #to: string;
  readonly #within: number;
  readonly #json: boolean;
  readonly #io: CommandIo;
  readonly #began = performance.now();
  #shown = '';
  #moved = false;

  constructor(address: ControlAddress, name: string, to: string, within: number, json: boolean, io: CommandIo) {
    this.#address = address;
    this.#name = name;
    this.#to = to;
    this.#within = within;
    this.#json = json;
    this.#io = io;
  }

  async run(): Promise<number> {
    for (const [signal, code] of Object.entries(INTERRUPTIONS))
      process.once(signal, () => {
        this.#interrupted();
        void exit(code);
      });
    return this.#deploy();
  }

  async #deploy(): Promise<number> {
    const time = ['within', `${this.#within}ms`];
    this.#progress(`checking ${this.#to}`);
    const checked = await this.#step('check', this.#to, ...time);
    if (!checked.done) return this.#failed(checked);
    this.#progress(`${this.#to} passed its checks, moving ${this.#name}`);
    const moved = await this.#step('switch', this.#to, ...time);
    if (!moved.done) return this.#failed(moved);
    this.#moved = true;
    const left = await this.#drained(this.#within);
    const ended = left > 0 ? Number((await this.#step('end'))['ended'] ?? 0) : 0;
    if (ended > 0) await this.#drained(LAST_WORDS);
    return this.#report(moved, ended);
  }

  /** Waits until the old address has nothing left; returns what it has after that time. */
  async #drained(within: number): Promise<number> {
    const until = performance.now() + within;
    for (;;) {
      const status = await this.#step('status');
      const [requests, tunnels] = [Number(status['requests'] ?? 0), Number(status['tunnels'] ?? 0)];
      const left = requests + tunnels;
      if (left === 0 || performance.now() >= until) return left;
      const seconds = Math.ceil((until - performance.now()) / 1000);
      this.#progress(
        `${this.#name} is at ${this.#to}; finishing at the old address: ${counted(requests, 'request')}, ${counted(tunnels, 'tunnel')}, ${seconds} s left`,
      );
      await pause(LOOK);
    }
  }

  async #step(step: string, ...words: readonly string[]): Promise<Report> {
    const limits = { silence: this.#within + ANSWER };
    const answer = await ask(this.#address, lineOf(['deploy', step, this.#name, ...words, 'json']), limits);
    try {
      return JSON.parse(answer) as Report;
    } catch {
      return { done: false, reason: answer.trim() };
    }
  }

  #failed(report: Report): number {
    this.#clear();
    if (this.#json) this.#io.out(`${JSON.stringify(report)}\n`);
    else this.#io.err(`headgate-router: ${report.reason ?? 'the router did not answer'}\n`);
    return 1;
  }

  /** The router goes on with what it has begun. */
  #interrupted(): void {
    const reason = this.#moved
      ? `interrupted: ${this.#name} is at ${this.#to}, and its WebSockets at the old address end in time; 'ctl deploy status ${this.#name}' shows what is left there, 'ctl deploy end ${this.#name}' ends it`
      : 'interrupted: nothing has changed';
    this.#failed({ done: this.#moved, reason });
  }

  #report(moved: Report, ended: number): number {
    this.#clear();
    const seconds = Math.round(performance.now() - this.#began) / 1000;
    const { from, to, file, line } = moved;
    if (this.#json) {
      this.#io.out(`${JSON.stringify({ done: true, server: this.#name, from, to, ended, seconds, file, line })}\n`);
      return 0;
    }
    const rest =
      ended === 0
        ? 'everything at the old address finished'
        : `${ended} requests and tunnels were ended at the deadline`;
    this.#io.out(
      `${this.#name} moved from ${String(from)} to ${String(to)} in ${seconds.toFixed(1)} s: ${rest}.\n` +
        `Write ${String(to)} into ${String(file)}:${String(line)} before the router is restarted; a reload keeps it.\n`,
    );
    return 0;
  }

  /** One line that is overwritten on a terminal, and a line for each step elsewhere. */
  #progress(text: string): void {
    if (process.stderr.isTTY) this.#io.err(`\r\x1b[K${text}`);
    else if (this.#shown !== text.replace(/\d+ s left$/, '')) this.#io.err(`${text}\n`);
    this.#shown = text.replace(/\d+ s left$/, '');
  }

  #clear(): void {
    if (process.stderr.isTTY) this.#io.err('\r\x1b[K');
  }
}
