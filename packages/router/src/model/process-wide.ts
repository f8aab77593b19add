import type { Section } from '@headgate/shared/config/raw';
import type { Evaluation } from './evaluation.ts';
import type { Typed } from './values.ts';

/** What the configuration says of certificates that the terminator keeps. */
export interface Certificates {
  /** The sections `acme` and `crt-store`, as they are written. */
  readonly sections: readonly Section[];
  /** The unix socket on which the terminator answers http-01 challenges. */
  readonly socket: string;
}

/** A variable of the process and its value. */
export interface ProcessVariable {
  readonly name: string;
  readonly value: (on: Evaluation) => Typed | undefined;
}
