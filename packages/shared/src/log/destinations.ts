import { addressText } from '../net/endpoint.ts';
import { fileSink, StreamSink } from './stream-sink.ts';
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

/** How many lines did not reach where they should. */
export interface Loss {
  /** As in a configuration: `127.0.0.1:514`, `/run/log.sock`, `stdout`. */
  readonly place: string;
  readonly lines: number;
}

/** One sink per destination, however many logs use it: ten frontends with `log global` share one socket. */
export class Destinations {
  readonly #opened = new Map<string, { readonly place: string; readonly sink: Sink }>();

  sink(destination: Destination): Sink {
    const place = placeOf(destination);
    const key = `${destination.kind} ${place}`;
    const known = this.#opened.get(key);
    if (known !== undefined) return known.sink;
    const sink = open(destination);
    this.#opened.set(key, { place, sink });
    return sink;
  }

  /** The destinations that lost lines since the start, and how many each. */
  losses(): readonly Loss[] {
    return [...this.#opened.values()]
      .map(({ place, sink }) => ({ place, lines: sink.dropped }))
      .filter(({ lines }) => lines > 0);
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#opened.values()].map(({ sink }) => sink.flush()));
  }

  close(): void {
    for (const { sink } of this.#opened.values()) sink.close();
  }
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
      return new StreamSink(process.stdout);
    case 'stderr':
      return new StreamSink(process.stderr);
  }
}
