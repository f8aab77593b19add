import type { LatencyCounter } from '../model/counters.ts';
import { newLatency, quantile } from './latency.ts';
import type { StatsView } from './view.ts';

/** Seconds that the charts show. */
const KEPT = 300;
/** Seconds over which latency is shown. */
const WINDOW = 10;

/** One second of the whole router. */
export interface Sample {
  /** Seconds since 1970. */
  readonly at: number;
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Responses with a 5xx status. */
  readonly errors: number;
  /** Milliseconds that half, and all but one in a hundred, of the last responses did not exceed; -1: there were none. */
  readonly p50: number;
  readonly p99: number;
  readonly connections: number;
  readonly tunnels: number;
  readonly queued: number;
}

interface Totals {
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly errors: number;
}

interface Seen {
  /** Counts at the end of each of the last seconds. */
  readonly counts: number[][];
  recent: LatencyCounter;
}

/** The last five minutes, a sample for each second. It is filled only while some page may show it, and never grows beyond that. */
export class History {
  readonly #samples: Sample[] = [];
  #totals: Totals | undefined;
  #latencies = new Map<LatencyCounter, Seen>();

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** The latency of the last seconds; empty before there is any. */
  recent(counter: LatencyCounter): LatencyCounter {
    return this.#latencies.get(counter)?.recent ?? newLatency();
  }

  /** Takes the sample of a second. */
  sample(view: StatsView, at: number): void {
    this.#measure(view);
    const totals = totalsOf(view);
    const before = this.#totals;
    this.#totals = totals;
    if (before === undefined) return;
    const backends = view.proxies.flatMap(({ backend }) => (backend === undefined ? [] : [backend]));
    const all = sum(backends.map(({ counters }) => this.recent(counters.latency)));
    const frontends = view.proxies.flatMap(({ frontend }) => (frontend === undefined ? [] : [frontend]));
    this.#samples.push({
      at,
      // Counters that were cleared start again at 0.
      requests: Math.max(0, totals.requests - before.requests),
      bytesIn: Math.max(0, totals.bytesIn - before.bytesIn),
      bytesOut: Math.max(0, totals.bytesOut - before.bytesOut),
      errors: Math.max(0, totals.errors - before.errors),
      p50: quantile(all, 0.5),
      p99: quantile(all, 0.99),
      connections: view.process.current,
      tunnels: frontends.reduce((total, { counters }) => total + counters.tunnels, 0),
      queued: backends.reduce(
        (total, backend) => total + backend.queued + backend.servers.reduce((some, { queued }) => some + queued, 0),
        0,
      ),
    });
    if (this.#samples.length > KEPT) this.#samples.shift();
  }

  #measure({ proxies }: StatsView): void {
    const counters = proxies.flatMap(({ backend }) =>
      backend === undefined ? [] : [backend.counters, ...backend.servers.map((server) => server.counters)],
    );
    const known = this.#latencies;
    this.#latencies = new Map();
    for (const { latency } of counters) {
      const seen = known.get(latency) ?? { counts: [], recent: newLatency() };
      seen.counts.push([...latency.counts]);
      if (seen.counts.length > WINDOW) seen.counts.shift();
      const first = seen.counts[0] ?? [];
      seen.recent = {
        counts: latency.counts.map((value, index) => Math.max(0, value - (first[index] ?? 0))),
        sum: latency.sum,
      };
      this.#latencies.set(latency, seen);
    }
  }
}

function totalsOf({ proxies }: StatsView): Totals {
  let requests = 0;
  let bytesIn = 0;
  let bytesOut = 0;
  let errors = 0;
  for (const { frontend } of proxies) {
    if (frontend === undefined) continue;
    const { counters } = frontend;
    requests += counters.requests;
    bytesIn += counters.bytesIn;
    bytesOut += counters.bytesOut;
    errors += counters.responses[5];
  }
  return { requests, bytesIn, bytesOut, errors };
}

function sum(counters: readonly LatencyCounter[]): LatencyCounter {
  const all = newLatency();
  for (const { counts } of counters)
    for (const [index, value] of counts.entries()) all.counts[index] = (all.counts[index] ?? 0) + value;
  return all;
}
