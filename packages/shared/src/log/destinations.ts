import { addressText } from '../net/endpoint.ts';
import { fileSink, standardSink } from './stream-sink.ts';
import type { Sink } from './sink.ts';
import { UdpSink } from './udp-sink.ts';
import { UnixSink } from './unix-sink.ts';

/** Where log lines may go. */
export type Destination =
  | { readonly kind: 'udp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'stderr' };

/** How many lines a destination has lost. */
export interface Loss {
  /** As in a configuration: `127.0.0.1:514`, `/run/log.sock`, `stdout`. */
  readonly place: string;
  readonly lines: number;
  /** Why, where the system said so. */
  readonly why?: string | undefined;
}

/** How many destinations stay open that no log uses any more. */
const MOST_UNUSED = 16;

/** One sink per destination, however many logs use it: ten frontends with `log global` share one socket. */
export class Destinations {
  readonly #opened = new Map<string, { readonly place: string; readonly sink: Sink }>();

  /** Keys of those that no log uses now, the one left first in the first place. */
  readonly #unused = new Set<string>();

  sink(destination: Destination): Sink {
    const place = placeOf(destination);
    const key = keyOf(destination);
    this.#unused.delete(key);
    const known = this.#opened.get(key);
    if (known !== undefined) return known.sink;
    const sink = open(destination);
    this.#opened.set(key, { place, sink });
    return sink;
  }

  /**
   * Sets the destinations in use. The others stay open for requests that began before; when there are too many, as after a
   * hundred reloads with new ones each time, the oldest are flushed and closed.
   */
  async retain(used: readonly Destination[]): Promise<void> {
    const keys = new Set(used.map(keyOf));
    for (const key of this.#opened.keys()) if (!keys.has(key)) this.#unused.add(key);
    const closing: Sink[] = [];
    for (const key of this.#unused) {
      if (this.#unused.size <= MOST_UNUSED) break;
      const opened = this.#opened.get(key);
      this.#unused.delete(key);
      this.#opened.delete(key);
      if (opened !== undefined) closing.push(opened.sink);
    }
    await Promise.all(closing.map((sink) => sink.flush()));
    for (const sink of closing) sink.close();
  }

  /** The destinations that have lost lines since the start, with their counts. */
  losses(): readonly Loss[] {
    return [...this.#opened.values()]
      .map(({ place, sink }) => ({
        place,
        lines: sink.dropped,
        ...(sink.trouble !== undefined && { why: sink.trouble }),
      }))
      .filter(({ lines }) => lines > 0);
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#opened.values()].map(({ sink }) => sink.flush()));
  }

  close(): void {
    for (const { sink } of this.#opened.values()) sink.close();
  }
}

function keyOf(destination: Destination): string {
  return `${destination.kind} ${placeOf(destination)}`;
}

function placeOf(destination: Destination): string {
  switch (destination.kind) {
    case 'udp':
      return addressText(destination.host, destination.port);
    case 'unix':
    case 'file':
      return destination.path;
    case 'stdout':
    case 'stderr':
      return destination.kind;
  }
}

function open(destination: Destination): Sink {
  switch (destination.kind) {
    case 'udp':
      return new UdpSink(destination.host, destination.port);
    case 'unix':
      return new UnixSink(destination.path);
    case 'file':
      return fileSink(destination.path);
    case 'stdout':
      return standardSink(process.stdout);
    case 'stderr':
      return standardSink(process.stderr);
  }
}
