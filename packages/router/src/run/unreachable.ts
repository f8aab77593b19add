/** Milliseconds during which the same failure of one server is logged only once, instead of for every request. */
const TOLD_FOR = 10_000;

interface Told {
  readonly reason: string;
  readonly at: number;
  /** How often it happened again. */
  more: number;
}

/** Logs why connections to servers fail. The access log shows only that they do: `SC`, `sC`. */
export class Unreachable {
  readonly #told = new Map<string, Told>();
  readonly #report: (message: string) => void;
  readonly #now: () => number;
  readonly #after: (ms: number, fn: () => void) => unknown;

  /** `after` calls back after some milliseconds. */
  constructor(
    report: (message: string) => void,
    after: (ms: number, fn: () => void) => unknown = () => {},
    now: () => number = () => performance.now(),
  ) {
    this.#report = report;
    this.#now = now;
    this.#after = after;
  }

  /** Forgets all servers but these. */
  keep(servers: ReadonlySet<string>): void {
    for (const server of this.#told.keys()) if (!servers.has(server)) this.#told.delete(server);
  }

  tell(server: string, reason: string): void {
    const last = this.#told.get(server);
    const now = this.#now();
    if (last?.reason === reason && now - last.at < TOLD_FOR) {
      if ((last.more += 1) === 1) this.#after(TOLD_FOR - (now - last.at), () => this.#sum(server, last));
      return;
    }
    this.#told.set(server, { reason, at: now, more: 0 });
    this.#report(`Cannot connect to server ${server}: ${reason}`);
  }

  #sum(server: string, { reason, more }: Told): void {
    this.#report(`Cannot connect to server ${server}: ${reason} (${more} more times in ${TOLD_FOR / 1000} s)`);
  }
}
