/** Where and how a contender serves. Numbers are ports of 127.0.0.1, strings are paths of unix sockets. */
export interface Place {
  /** Its own directory for configuration and sockets. */
  readonly directory: string;
  readonly accept: number | string;
  /** Its destination: the origin, or the second half of a pipeline. */
  readonly connect: number | string;
  /** An unused port, for the link between two halves. */
  readonly between: number;
  /** Key and certificate in one PEM file. */
  readonly certificate: string;
  /** Whether a PROXY header passes between the halves. */
  readonly proxied: boolean;
  /** `option httpclose` in the backends, as in the article. */
  readonly close: boolean;
  /** The destination of the access log, as the argument of `log`; undefined: no logging. */
  readonly log: string | undefined;
  /** A statistics page, counters for each bind, and metrics under `/metrics`, which are scraped once a second. */
  readonly watched?: boolean;
  /** Number of connections it must support. */
  readonly maxconn: number;
}

/** One process of a contender. */
export interface Part {
  readonly listens: number | string;
  /** Configuration, written to the directory of the place before the start. */
  readonly files?: Readonly<Record<string, string>>;
  readonly command: readonly [string, ...string[]];
}

/** A program, or two in a row, to be measured. */
export interface Contender {
  readonly title: string;
  /** Commands that must be installed; without them the contender is skipped, and the report says so. */
  readonly needs: readonly string[];
  /** Built on a library installed by bench/package.json. */
  readonly library?: true;
  /** Uses a JIT compiler: needs a longer warm-up. */
  readonly compiles: boolean;
  /** Accepts TLS connections. */
  readonly tls: boolean;
  readonly parts: (place: Place) => readonly Part[];
}
