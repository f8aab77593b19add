import { setTimeout as pause } from 'node:timers/promises';
import type { ControlAddress } from '@headgate/shared/admin/ask';
import { CONTROL_OPTIONS } from '@headgate/shared/admin/control-address';
import { parseDuration } from '@headgate/shared/config/units';
import type { Command, CommandIo } from '@headgate/shared/process/product';
import { explainFailure } from '@headgate/shared/process/start-failure';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { atControl } from './control-address.ts';
import { SUMMARIES } from './summaries.ts';
import { takeSample, type Sample } from './top/sample.ts';
import { screenOf, type Line } from './top/screen.ts';
import { Terminal } from './top/terminal.ts';
import { usage } from './usage.ts';

const USAGE = 'top [--interval TIME] [--once] [-s SOCKET | -f FILE]';
const HELP = `${SUMMARIES.top}

  --interval TIME  between two looks (default: 1s)
  --once           print one screen and end, as when the output is not a terminal
  -s SOCKET        the control socket: a path, or HOST:PORT. HAProxy's works too
  -f FILE          the configuration that names the socket ('stats socket'), when -s is not given

Keys: q ends, space pauses, the arrows and Page Up and Down scroll.`;

/** Columns of a screen that is printed elsewhere than on a terminal. */
const WIDE = 140;
const LEAST_INTERVAL = 100;

export const top: Command = {
  summary: SUMMARIES.top,
  async run(args, io) {
    if (usage.helped(args, USAGE, HELP, io)) return 0;
    const parsed = usage.parse(
      {
        args: [...args],
        options: {
          interval: { type: 'string' },
          once: { type: 'boolean' },
          ...CONTROL_OPTIONS,
        },
      },
      USAGE,
      io,
    );
    if (parsed === undefined) return WRONG_USAGE;
    const { interval = '1s', once = false } = parsed.values;
    const time = parseDuration(interval, 's');
    if (!('value' in time)) return usage.wrong(time.error, USAGE, io);
    const every = Math.max(LEAST_INTERVAL, time.value);
    return atControl(parsed.values, io, (address) =>
      once || !process.stdout.isTTY ? snapshot(address, every, io) : new Top(address, every).run(),
    );
  },
};

/** One screen: its rates are those of one interval. */
async function snapshot(address: ControlAddress, every: number, io: CommandIo): Promise<number> {
  const before = await takeSample(address);
  await pause(every);
  const lines = screenOf(await takeSample(address), before, process.stdout.columns || WIDE);
  io.out(lines.map(({ text }) => `${text.trimEnd()}\n`).join(''));
  return 0;
}

/** The live view. It goes on when the router is restarted, and says so while it cannot be reached. */
class Top {
  readonly #address: ControlAddress;
  readonly #every: number;
  readonly #ended = Promise.withResolvers<void>();
  readonly #terminal: Terminal;
  #sample: Sample | undefined;
  #before: Sample | undefined;
  #trouble: string | undefined;
  #paused = false;
  #looking = false;
  #from = 0;

  constructor(address: ControlAddress, every: number) {
    this.#address = address;
    this.#every = every;
    const colours = process.env['NO_COLOR'] === undefined || process.env['NO_COLOR'] === '';
    const end = (): void => this.#ended.resolve();
    this.#terminal = new Terminal(process.stdout, process.stdin, colours, (key) => this.#key(key), end);
  }

  async run(): Promise<number> {
    // Where nothing can be reached from the start, that is an error.
    this.#sample = await takeSample(this.#address);
    const draw = (): void => this.#draw();
    process.stdout.on('resize', draw);
    this.#terminal.enter();
    draw();
    const timer = setInterval(() => void this.#look(), this.#every);
    try {
      await this.#ended.promise;
    } finally {
      clearInterval(timer);
      process.stdout.off('resize', draw);
      this.#terminal.close();
    }
    return 0;
  }

  async #look(): Promise<void> {
    // A router that answers slowly is not asked by several at a time.
    if (this.#paused || this.#looking) return;
    this.#looking = true;
    try {
      const sample = await takeSample(this.#address);
      this.#before = this.#sample;
      this.#sample = sample;
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = `cannot be reached: ${explainFailure(error)}`;
    } finally {
      this.#looking = false;
    }
    this.#draw();
  }

  #draw(): void {
    const { rows, columns } = this.#terminal;
    if (this.#sample === undefined) return;
    const [title, ...rest] = screenOf(this.#sample, this.#before, columns);
    const state = this.#trouble ?? (this.#paused ? 'paused' : '');
    const first: Line =
      state === ''
        ? { text: title?.text ?? '', look: 'title' }
        : { text: `${title?.text}   ${state}`.slice(0, columns), look: 'bad' };
    this.#from = Math.max(0, Math.min(this.#from, rest.length - (rows - 1)));
    this.#terminal.draw([first, ...rest.slice(this.#from)]);
  }

  #key(key: string): void {
    const page = Math.max(1, this.#terminal.rows - 2);
    const steps: Readonly<Record<string, number>> = {
      '\x1b[A': -1,
      '\x1b[B': 1,
      k: -1,
      j: 1,
      '\x1b[5~': -page,
      '\x1b[6~': page,
      '\x1b[H': -Infinity,
      '\x1b[F': Infinity,
    };
    if (key === 'q' || key === '\x03' || key === '\x04') return this.#ended.resolve();
    if (key === ' ') this.#paused = !this.#paused;
    this.#from += steps[key] ?? 0;
    this.#draw();
  }
}
