import type { ContenderName } from '../contenders.ts';
import type { Place } from '../contender.ts';
import type { Requests } from '../load/requests.ts';

/** The target of a load. */
export interface Reach {
  readonly port: number;
  readonly tls: boolean;
  /** The directory of the file origin. */
  readonly directory: string;
  /** The core of load and origins. */
  readonly core: number;
  /** Resident bytes of the contender now. */
  readonly memory: () => number;
  /** The same, with shared memory counted once (PSS). */
  readonly proportional: () => number;
  /** From the command to a listening socket; for a pair, the sum of both. */
  readonly startUp: { readonly seconds: number; readonly processor: number };
  /** Requests received by the origin so far. */
  readonly served: () => Promise<number>;
  /** Called when the load is set up: the contender's usage until then is not counted. */
  readonly begin: () => void;
  /** 1, or less for a smaller setup in a quick run. */
  readonly scale: number;
  /** Seconds for setting up connections before a load begins. */
  readonly settle: number;
}

/** The result of a load. */
export interface Load {
  /** Requests, messages, connections, gigabytes or starts, depending on the case. */
  readonly items: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50?: number;
  readonly p99?: number;
  /** Bytes of memory per item, where that is measured. */
  readonly memory?: number;
  /** Seconds of processor time, unless it is the usage between `begin` and the end. */
  readonly processor?: number;
}

/** One measurement: a load and what it cost the contender. */
export interface Sample extends Load {
  /** Seconds of processor time of all the contender's processes. */
  readonly processor: number;
  /** Resident bytes directly after the load. */
  readonly resident: number;
  /** Young-generation collections of Node programs during the load. */
  readonly collections?: number;
}

export interface Row {
  readonly name: string;
  readonly contender: ContenderName;
  /** Its peer row. */
  readonly peer?: string;
  readonly place?: Partial<Pick<Place, 'close' | 'maxconn' | 'watched'>> & { readonly logged?: 'udp' | 'stdout' };
}

export interface NamedLoad {
  readonly name: string;
  readonly run: (reach: Reach, seconds: number) => Promise<Load>;
}

export interface Case {
  readonly title: string;
  /** What is counted, in the singular. */
  readonly item: 'request' | 'message' | 'connection' | 'GB' | 'start';
  readonly requests: Requests;
  readonly origin: 'files' | 'program';
  readonly key?: 'rsa' | 'ec';
  readonly rows: readonly Row[];
  readonly loads: readonly NamedLoad[];
  /** What was found out about the figures; a part of the page. */
  readonly findings?: string;
  /** Replaces the loads as warm-up. */
  readonly warmUp?: NamedLoad;
  /** Whether contenders are restarted for each round, with at most three rounds. */
  readonly fresh?: boolean;
  /** Throws when a contender answers incorrectly; runs before any timing. */
  readonly verify: (reach: Reach) => Promise<void>;
}

/** Samples of a case: row, load, round. */
export type Samples = Record<string, Record<string, Sample[]>>;

export const METRICS = {
  /** Microseconds of processor time for each item. */
  cost: ({ processor, items }: Sample): number => (1e6 * processor) / items,
  /** Items per second of wall-clock time. */
  rate: ({ items, seconds }: Sample): number => items / seconds,
  /** Items per second of processor time. */
  perProcessorSecond: ({ processor, items }: Sample): number => items / processor,
  /** Bytes of memory for each item. */
  memory: ({ memory }: Sample): number => memory ?? Number.NaN,
  /** The 99th percentile of the latency in milliseconds. */
  p99: ({ p99 }: Sample): number => p99 ?? Number.NaN,
  /** Bytes of resident memory. */
  resident: ({ resident }: Sample): number => resident,
} as const;
export type Metric = keyof typeof METRICS;
