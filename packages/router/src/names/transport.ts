/** Sends messages to one name server, and brings what comes back. */
export interface Transport {
  send(message: Buffer): void;
  close(): void;
}

export interface TransportUser {
  /** The bytes are the user's. */
  received(message: Buffer): void;
  /** Something that was sent did not reach the name server. */
  unsent(): void;
}
