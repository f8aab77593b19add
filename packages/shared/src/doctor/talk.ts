import { connect as connectPlain } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  type ConnectionOptions,
  type DetailedPeerCertificate,
  type TLSSocket,
} from 'node:tls';

/** Where to connect. */
export type Place = { readonly path: string } | { readonly host: string; readonly port: number };

/** Milliseconds for a connection, and for the first bytes of an answer. */
const PATIENCE = 3000;
/** Bytes of an answer that are looked at. */
const ENOUGH = 16_384;

/** What came of a connection. */
export interface Talk {
  /** The system's code when there was no connection: `ECONNREFUSED`, `ETIMEDOUT`. */
  readonly refused: string | undefined;
  /** What was received, a character for each byte. */
  readonly text: string;
  /** The other side said nothing in time. */
  readonly silent: boolean;
}

/** Connects, sends bytes, and returns what comes until the other side ends, or until `enough` holds for it. */
export function talk(place: Place, bytes: Buffer, enough: (text: string) => boolean, over?: TLSSocket): Promise<Talk> {
  return new Promise((resolve) => {
    const socket = over ?? connectPlain(place);
    let text = '';
    let open = over !== undefined;
    const done = (refused?: string, silent = false): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ refused, text, silent });
    };
    const timer = setTimeout(() => done(open ? undefined : 'ETIMEDOUT', open), PATIENCE);
    socket.once('connect', () => {
      open = true;
      if (bytes.length > 0) socket.write(bytes);
    });
    if (over !== undefined) socket.write(bytes);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1', 0, ENOUGH - text.length);
      if (text.length >= ENOUGH || enough(text)) done();
    });
    socket.once('end', () => done());
    socket.once('close', () => done());
    socket.on('error', (error: NodeJS.ErrnoException) => done(open ? undefined : (error.code ?? error.message)));
  });
}

/** A connection over TLS, to say something on. */
export type Secured = TLSSocket;

/** A TLS connection, or why there is none. */
export interface Handshake {
  readonly failed: string | undefined;
  readonly socket: TLSSocket | undefined;
  readonly certificate: DetailedPeerCertificate | undefined;
  /** Why the system does not trust it; undefined: it does. */
  readonly untrusted: string | undefined;
  /** Why it is not for the name that was asked for. */
  readonly mismatch: string | undefined;
}

/** What a client says in its ClientHello, where it is another than that of this runtime. */
export type Manner = Pick<
  ConnectionOptions,
  'minVersion' | 'maxVersion' | 'ciphers' | 'ecdhCurve' | 'sigalgs' | 'ALPNProtocols' | 'ca' | 'cert' | 'key'
>;

/** Shakes hands as a browser does that asks for `name`. The caller destroys the socket. */
export function shakeHands(place: Place, name: string | undefined, manner: Manner = {}): Promise<Handshake> {
  return new Promise((resolve) => {
    // What is wrong with the certificate is a finding, and no reason not to look further.
    const socket = connectTls({
      ...place,
      ...manner,
      ...(name === undefined ? {} : { servername: name }),
      rejectUnauthorized: false,
    });
    const failed = (why: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ failed: why, socket: undefined, certificate: undefined, untrusted: undefined, mismatch: undefined });
    };
    const timer = setTimeout(() => failed('no handshake in time'), PATIENCE);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      socket.on('error', () => {});
      const { authorizationError } = socket;
      const certificate = socket.getPeerCertificate(true);
      resolve({
        failed: undefined,
        socket,
        certificate,
        mismatch: name === undefined ? undefined : checkServerIdentity(name, certificate)?.message,
        untrusted:
          authorizationError === undefined || authorizationError === null ? undefined : String(authorizationError),
      });
    });
    socket.once('error', (error: NodeJS.ErrnoException) => failed(error.code ?? error.message));
  });
}
