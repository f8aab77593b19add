import type { ContenderName } from '../contenders.ts';
import type { Place } from '../contender.ts';
import type { Requests } from '../load/requests.ts';

/** Where a load goes. */
export interface Reach {
  readonly port: number;
  readonly tls: boolean;
  /** Where the files of the file origin are. */
  readonly directory: string;
  /** The core that load and origins have. */
  readonly core: number;
  /** Resident bytes of the contender now. */
  readonly memory: () => number;
  /** The same, where memory that processes share counts once (PSS). */
  readonly proportional: () => number;
  /** From the command to a socket that listens; of a pair, the sum of both. */
  readonly startUp: { readonly seconds: number; readonly processor: number };
  /** Requests the origin has taken so far. */
  readonly served: () => Promise<number>;
  /** To be called when what the load needs is set up: what the contender used until then is not counted. */
  readonly begin: () => void;
  /** 1, or less when a quick run is to do with fewer of what is set up. */
  readonly scale: number;
  /** Seconds in which a load makes its connections, before it begins. */
  readonly settle: number;
}

/** What a load did. */
export interface Load {
  /** Requests, messages, connections, gigabytes or starts: the case says which. */
  readonly items: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50?: number;
  readonly p99?: number;
  /** Bytes of memory for each item, where that is what is asked. */
  readonly memory?: number;
  /** Seconds of processor time, where it is not what was used between `begin` and the end. */
  readonly processor?: number;
}

/** One measurement: a load and what it cost the contender. */
export interface Sample extends Load {
  /** Seconds of processor time of all the contender's processes. */
  readonly processor: number;
  /** Resident bytes right after the load. */
  readonly resident: number;
  /** Young-generation collections of Node programs during the load. */
  readonly collections?: number;
}

export interface Row {
  readonly name: string;
  readonly contender: ContenderName;
  /** The row it is compared with. */
  readonly peer?: string;
  readonly place?: Partial<Pick<Place, 'close' | 'maxconn'>> & { readonly logged?: 'udp' | 'stdout' };
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
  /** Instead of the loads themselves. */
  readonly warmUp?: NamedLoad;
  /** Whether contenders are started anew for each round, of which there are then at most three. */
  readonly fresh?: boolean;
  /** Throws when a contender answers wrongly; runs before any timing. */
  readonly verify: (reach: Reach) => Promise<void>;
}

/** Samples of a case: row, load, round. */
export type Samples = Record<string, Record<string, Sample[]>>;

export const METRICS = {
  /** Microseconds of processor time for each item. */
  cost: ({ processor, items }: Sample): number => (1e6 * processor) / items,
  /** Items a second of the clock. */
  rate: ({ items, seconds }: Sample): number => items / seconds,
  /** Items that one second of processor time is enough for. */
  perProcessorSecond: ({ processor, items }: Sample): number => items / processor,
  /** Bytes of memory for each item. */
  memory: ({ memory }: Sample): number => memory ?? Number.NaN,
  /** Milliseconds that a hundredth of the answers took longer than. */
  p99: ({ p99 }: Sample): number => p99 ?? Number.NaN,
  /** Bytes of resident memory. */
  resident: ({ resident }: Sample): number => resident,
} as const;
export type Metric = keyof typeof METRICS;
