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

/** One sink per destination, however many logs use it: ten frontends with `log global` share one socket. */
export class Destinations {
  readonly #sinks = new Map<string, Sink>();

  sink(destination: Destination): Sink {
    const key = JSON.stringify(destination);
    let sink = this.#sinks.get(key);
    if (sink === undefined) {
      sink = open(destination);
      this.#sinks.set(key, sink);
    }
    return sink;
  }

  /** Lines lost by all sinks since the start. */
  get dropped(): number {
    let sum = 0;
    for (const sink of this.#sinks.values()) sum += sink.dropped;
    return sum;
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#sinks.values()].map((sink) => sink.flush()));
  }

  close(): void {
    for (const sink of this.#sinks.values()) sink.close();
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
