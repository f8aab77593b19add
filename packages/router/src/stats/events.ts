/** Something that an operator should know, as the page shows it. */
export interface StatsEvent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly severity: 'error' | 'warning' | 'notice';
  /** `app/s1`, `web`. */
  readonly where: string;
  readonly text: string;
  /** How often in a row. */
  readonly times: number;
}

const KEPT = 50;
/** Longest text that is kept of one: parts of it come from clients. */
const LONGEST = 300;

/** The last events, the newest first. One that repeats is counted, so that a flood does not push the others out. */
export class Events {
  readonly #events: StatsEvent[] = [];

  get list(): readonly StatsEvent[] {
    return this.#events;
  }

  add(severity: StatsEvent['severity'], where: string, text: string): void {
    const at = Date.now();
    const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
    const same = this.#events.findIndex((event) => event.where === where && event.text === short);
    const times = (this.#events[same]?.times ?? 0) + 1;
    if (same >= 0) this.#events.splice(same, 1);
    this.#events.unshift({ at, severity, where, text: short, times });
    if (this.#events.length > KEPT) this.#events.pop();
  }
}
