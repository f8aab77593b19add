import { chmodSync, chownSync, unlinkSync } from 'node:fs';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { listeningKey, takeInherited } from '../net/node/inherited.ts';
import { OneByOne } from '../net/one-by-one.ts';
import { removeDeadSocket } from '../process/dead-socket.ts';
import { Conversation, type Answer } from './conversation.ts';
import type { ControlLimits, ControlPlace } from './control-place.ts';
import type { Level } from './level.ts';

/** Of all control sockets: a client can send commands much faster than they are carried out. */
const answers = new OneByOne();

/** A listening control socket. Its limits and its level can change; its address cannot. */
export class ControlSocket {
  readonly #answer: Answer;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #place: ControlPlace;
  #limits: ControlLimits;

  constructor(place: ControlPlace, limits: ControlLimits, answer: Answer) {
    this.#place = place;
    this.#limits = limits;
    this.#answer = answer;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#server.on('error', () => {});
  }

  /** Its address, as printed. */
  get name(): string {
    const { address } = this.#place;
    if (address.kind === 'unix') return `unix@${address.path}`;
    const bound = this.#server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
    return `${address.host.includes(':') ? 'ipv6' : 'ipv4'}@${address.host}:${port}`;
  }

  get level(): Level {
    return this.#place.level;
  }

  /** Rejects with the system's error. */
  async listen(): Promise<void> {
    const { address } = this.#place;
    if (address.kind === 'unix') await removeDeadSocket(address.path);
    // That of the supervisor, where it has one. Node listens on handles too, which its types do not say.
    const [inherited] = address.kind === 'unix' ? [] : takeInherited(listeningKey(address.host, address.port, false));
    const where =
      address.kind === 'unix' ? { path: address.path } : (inherited ?? { host: address.host, port: address.port });
    // A socket must never be open to more than its mode allows, not even for a moment.
    const umask =
      address.kind === 'unix' && address.mode !== undefined ? process.umask(0o777 & ~address.mode) : undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(where as ListenOptions, () => {
          this.#server.off('error', reject);
          resolve();
        });
        // Binding a path is done when listen() returns.
        if (umask !== undefined) process.umask(umask);
      });
    } catch (error) {
      this.#server.close();
      throw error;
    }
    if (address.kind === 'unix') this.#permit(address);
  }

  follow(place: ControlPlace, limits: ControlLimits): void {
    this.#place = place;
    this.#limits = limits;
    this.#server.maxConnections = limits.maxconn;
  }

  /** Accepts no more; open connections go on. Its path is free for another process. */
  stop(): void {
    this.#server.close();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #permit({ path, mode, uid, gid }: ControlPlace['address'] & { kind: 'unix' }): void {
    try {
      if (mode !== undefined) chmodSync(path, mode);
      if (uid !== undefined || gid !== undefined) chownSync(path, uid ?? -1, gid ?? -1);
    } catch (error) {
      this.#server.close();
      try {
        unlinkSync(path);
      } catch {
        // close() has removed it.
      }
      throw error;
    }
  }

  #accept(socket: Socket): void {
    this.#open.add(socket);
    this.#server.maxConnections = this.#limits.maxconn;
    const { timeout } = this.#limits;
    const session = { level: this.#place.level, interactive: false, timeout, experimental: false, over: false };
    const inTurn: Answer = (...asked) => new Promise((resolve) => answers.run(() => resolve(this.#answer(...asked))));
    const conversation = new Conversation(session, inTurn, {
      write(text) {
        const more = socket.write(text);
        socket.setTimeout(session.timeout);
        return more || socket.destroyed ? Promise.resolve() : drained(socket);
      },
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
      end: () => socket.end(),
    });
    socket.setEncoding('utf8');
    socket.setTimeout(timeout);
    socket.on('timeout', () => {
      if (!conversation.busy) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#open.delete(socket));
    socket.on('data', (text: string) => conversation.received(text));
    socket.on('end', () => conversation.finished());
  }
}

/** Resolves when more may be written, or when nobody will read it any more. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
  });
}
