/** Where and how a contender is to serve. Numbers are ports of 127.0.0.1, texts are paths of unix sockets. */
export interface Place {
  /** Its own directory for configuration and sockets. */
  readonly directory: string;
  readonly accept: number | string;
  /** Where what it takes goes: the origin, or the second half of a pipeline. */
  readonly connect: number | string;
  /** A port nobody else has, for what passes between two halves. */
  readonly between: number;
  /** Key and certificate in one PEM file. */
  readonly certificate: string;
  /** Whether a PROXY header passes between the halves. */
  readonly proxied: boolean;
  /** `option httpclose` in the backends, as in the article. */
  readonly close: boolean;
  /** Where the access log goes, as the word behind `log`; none: nothing is logged. */
  readonly log: string | undefined;
  /** Connections that must fit. */
  readonly maxconn: number;
}

/** One process of a contender. */
export interface Part {
  readonly listens: number | string;
  /** Configuration, written into the directory of the place before the start. */
  readonly files?: Readonly<Record<string, string>>;
  readonly command: readonly [string, ...string[]];
}

/** A program, or two behind each other, that is measured. */
export interface Contender {
  readonly title: string;
  /** Commands that must be installed; the contender is left out, visibly, where one is missing. */
  readonly needs: readonly string[];
  /** Made of a library that bench/package.json installs. */
  readonly library?: true;
  /** Runs in a virtual machine that compiles what is hot: it needs a longer warm-up. */
  readonly compiles: boolean;
  /** Takes TLS connections. */
  readonly tls: boolean;
  readonly parts: (place: Place) => readonly Part[];
}
