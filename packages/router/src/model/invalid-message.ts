import type { Endpoint } from '@headgate/shared/net/endpoint';

/** A message that was refused because it is not HTTP, with what was read of it: HAProxy's `show errors`. */
export interface InvalidMessage {
  readonly kind: 'request' | 'response';
  readonly frontend: Numbered;
  /** Undefined: the request was refused before a backend was chosen. */
  readonly backend: Numbered | undefined;
  /** Where a response came from. */
  readonly server: Numbered | undefined;
  readonly client: Pick<Endpoint, 'address' | 'port'>;
  readonly reason: string;
  /** Lent: they are copied when the message is kept. */
  readonly bytes: Buffer;
  /** Which of these bytes is wrong. */
  readonly at: number;
  /** Bytes of the message that came before these. */
  readonly passed: number;
}

/** A proxy or a server as statistics number it. */
export interface Numbered {
  readonly name: string;
  readonly number: number;
}
