import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Nameserver } from '../model/names.ts';
import type { Transport, TransportUser } from './transport.ts';

/** A socket is given up after so many messages: a forger has to guess its port again, too (RFC 5452 §4.5). */
const MESSAGES_PER_SOCKET = 100;

/** Datagrams to one name server. The socket is connected: the kernel drops what comes from anywhere else. */
export class UdpTransport implements Transport {
  readonly #server: Nameserver;
  readonly #user: TransportUser;
  #socket: Socket | undefined = undefined;
  #connected = false;
  #sent = 0;
  /** What was sent before the socket was connected: that takes one turn of the loop. */
  readonly #waiting: Buffer[] = [];
  #closed = false;

  constructor(server: Nameserver, user: TransportUser) {
    this.#server = server;
    this.#user = user;
  }

  send(message: Buffer): void {
    if (this.#closed) return;
    if (this.#sent >= MESSAGES_PER_SOCKET) this.#renew();
    this.#sent += 1;
    const socket = (this.#socket ??= this.#opened());
    if (this.#connected) this.#write(socket, message);
    else this.#waiting.push(message);
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  /** The last responses still arrive: the old socket is closed a while later. */
  #renew(): void {
    const old = this.#socket;
    this.#socket = undefined;
    this.#connected = false;
    this.#sent = 0;
    if (old !== undefined) setTimeout(() => closeQuietly(old), 5000).unref();
  }

  #opened(): Socket {
    const { host, port } = this.#server;
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' });
    socket.unref();
    socket.on('message', (message) => {
      if (!this.#closed) this.#user.received(message);
    });
    // ECONNREFUSED of an earlier message among them: the name server does not run.
    socket.on('error', () => {
      this.#user.unsent();
      if (socket === this.#socket && !this.#connected) this.#drop();
    });
    socket.on('connect', () => {
      if (socket !== this.#socket) return;
      this.#connected = true;
      for (const message of this.#waiting.splice(0)) this.#write(socket, message);
    });
    socket.connect(port, host);
    return socket;
  }

  #write(socket: Socket, message: Buffer): void {
    socket.send(message, (error) => {
      if (error) this.#user.unsent();
    });
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#connected = false;
    this.#waiting.length = 0;
    this.#sent = 0;
    if (socket !== undefined) closeQuietly(socket);
  }
}

function closeQuietly(socket: Socket): void {
  socket.removeAllListeners('message');
  try {
    socket.close();
  } catch {
    // It is closed already.
  }
}
