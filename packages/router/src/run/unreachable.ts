/** Milliseconds during which the same failure of one server is logged only once, instead of for every request. */
const TOLD_FOR = 10_000;

/** Logs why connections to servers fail. The access log shows only that they do: `SC`, `sC`. */
export class Unreachable {
  readonly #told = new Map<string, { readonly reason: string; readonly at: number }>();
  readonly #report: (message: string) => void;
  readonly #now: () => number;

  constructor(report: (message: string) => void, now: () => number = () => performance.now()) {
    this.#report = report;
    this.#now = now;
  }

  /** Forgets all servers but these. */
  keep(servers: ReadonlySet<string>): void {
    for (const server of this.#told.keys()) if (!servers.has(server)) this.#told.delete(server);
  }

  tell(server: string, reason: string): void {
    const last = this.#told.get(server);
    const now = this.#now();
    if (last?.reason === reason && now - last.at < TOLD_FOR) return;
    this.#told.set(server, { reason, at: now });
    this.#report(`Cannot connect to server ${server}: ${reason}`);
  }
}
