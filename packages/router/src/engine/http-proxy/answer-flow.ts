import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CompressedUser, Compressor } from '../compressor.ts';

/** What the flow of an answer reports to its request. */
export interface FlowUser {
  /** Answered or given up: what still comes of the answer is dropped. */
  readonly over: boolean;
  /** A piece came from the server. */
  passed(chunk: Buffer): void;
  /** The server waits for the client, or no longer does. */
  waits(waiting: boolean): void;
  /** All of it was handed to the response. */
  ended(): void;
  /** The compressor cannot go on. */
  broken(): void;
}

/** The body of one answer, from its server to its client, compressed on the way or as it is. */
export class AnswerFlow implements CompressedUser {
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #user: FlowUser;
  #compressor: Compressor | undefined = undefined;
  /** By hand: Node's own flag stays set where we report the drain ourselves (`socketDrained`). */
  #clientFull = false;

  constructor(message: IncomingMessage, response: ServerResponse, user: FlowUser) {
    this.#message = message;
    this.#response = response;
    this.#user = user;
  }

  begin(compressor: Compressor | undefined): void {
    const response = this.#response;
    this.#compressor = compressor;
    if (compressor !== undefined) response.once('close', () => compressor.destroy());
    this.#message.on('data', (chunk: Buffer) => {
      this.#user.passed(chunk);
      if (compressor === undefined) this.#write(chunk);
      else compressor.write(chunk);
      if (this.#blocked) this.#message.pause();
      this.#user.waits(this.#blocked);
    });
    response.on('drain', () => {
      this.#clientFull = false;
      compressor?.resume();
      this.#readOn();
    });
  }

  /** The server has sent all of it. */
  end(): void {
    if (this.#compressor === undefined) this.#user.ended();
    else this.#compressor.end();
  }

  compressed(bytes: Buffer): boolean {
    if (this.#user.over) return true;
    this.#write(bytes);
    this.#user.waits(this.#blocked);
    return !this.#clientFull;
  }

  compressorDrained(): void {
    this.#readOn();
  }

  compressionEnded(): void {
    if (!this.#user.over) this.#user.ended();
  }

  compressionFailed(): void {
    this.#user.broken();
  }

  #write(bytes: Buffer): void {
    this.#clientFull = !this.#response.write(bytes);
  }

  get #blocked(): boolean {
    return this.#clientFull || this.#compressor?.full === true;
  }

  /** Each of the two that can stop the server comes here when it no longer does. */
  #readOn(): void {
    if (!this.#blocked) this.#message.resume();
    this.#user.waits(this.#blocked);
  }
}
