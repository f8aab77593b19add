import type { Socket } from 'node:net';
import type { Endpoint } from '../endpoint.ts';
import {
  noUser,
  type Destination,
  type Link,
  type LinkError,
  type LinkUser,
  type PeerCertificate,
  type SecureCall,
  type SecureLink,
  type Securing,
  type TlsFacts,
} from '../link.ts';
import { isFor, isServerName } from '../server-name.ts';
import { Tickets, type Accepted } from '../sessions.ts';
import { dial, type DialOptions } from './dial.ts';
import { NodeSecureLink } from './secure-link.ts';
import { secureToServer } from './tls-client.ts';
import type { NodeTlsClient } from './tls-settings.ts';

/** The code of a certificate that is not for the name that was asked for: Node's own. */
export const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

/** How the messages of handshakes that failed begin. */
export const HANDSHAKE_FAILED = 'TLS handshake failed: ';

/**
 * Begins a connection over TLS. Its `opened` comes after the handshake, when the certificate of the server has been judged: nothing
 * that is written before reaches a server that is refused. A session that was judged so is resumed.
 */
export function dialSecure(destination: Destination, user: LinkUser, options: DialOptions, call: SecureCall): Link {
  return new DialledSecureLink(destination, user, options, call);
}

/** Node's own socket of a link that has just opened, for code that needs it; the link reports nothing more. */
export function secureSocketOf(link: Link): Socket {
  if (!(link instanceof DialledSecureLink)) throw new TypeError('this link was not dialled with TLS');
  return link.release();
}

/** The TCP connection first, then the TLS connection on it. */
class DialledSecureLink implements Link, Securing {
  whenClosed: (() => void) | undefined = undefined;
  readonly bulk = true;
  readonly secure = this;
  #user: LinkUser;
  readonly #call: SecureCall;
  readonly #key: string;
  readonly #below: Link;
  #inner: SecureLink | undefined = undefined;
  handshaking = false;
  certificate: Buffer | undefined = undefined;
  #closed = false;
  #paused = false;
  #released = false;
  /** Written before it was open. */
  #early: Buffer[] = [];
  #afterwards: (() => void)[] = [];

  constructor(destination: Destination, user: LinkUser, options: DialOptions, call: SecureCall) {
    this.#user = user;
    this.#call = call;
    this.#key = `${destination.kind === 'unix' ? destination.path : `${destination.host} ${destination.port}`} ${call.name}`;
    this.#below = dial(
      destination,
      {
        opened: () => this.#connected(),
        data: () => false,
        ended() {},
        drained() {},
        closed: (error) => this.#gone(error),
      },
      { ...options, secured: true },
    );
  }

  // ---- from nothing to a judged connection -----------------------------------------------------

  #connected(): void {
    const { client, name, alpn, greeting } = this.#call;
    const { context, settings, sessions } = client as NodeTlsClient;
    const below = this.#below;
    const introduction = greeting?.(below);
    if (introduction !== undefined) below.write(introduction);
    below.pause();
    this.handshaking = true;
    const session = settings.resume ? sessions.find(this.#key, Date.now()) : undefined;
    const options = {
      secureContext: context,
      servername: isServerName(name) ? name : '',
      ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
      ...(session === undefined ? {} : { session: session.ticket }),
    };
    const tickets = new Tickets(sessions, this.#key);
    secureToServer(below, options, {
      secured: (link) => this.#judge(link, session, tickets),
      failed: (error) => {
        // What does not resume now will not resume the next time either.
        sessions.forget(this.#key);
        this.#gone(withReason(error));
      },
      session: (ticket) => {
        if (settings.resume) tickets.add(ticket);
      },
    });
  }

  #judge(link: SecureLink, session: Accepted | undefined, tickets: Tickets): void {
    this.#inner = link;
    if (this.#closed) return link.close();
    const open = (validUntil: number, shown: Buffer | undefined): void => {
      this.certificate = shown;
      tickets.accepted({ validUntil, der: shown });
      this.#open(link);
    };
    // A server that resumes a session has been judged when it began; it shows no certificate again.
    if (session !== undefined && link.facts.resumed) return open(session.validUntil, session.der);
    const { settings } = this.#call.client;
    const { certificate, error } = link.peerCertificate();
    if (!settings.verify) return open(Infinity, certificate?.raw);
    const refused = this.#refusal(certificate, error);
    if (refused === undefined) return open(certificate?.validToDate.getTime() ?? 0, certificate?.raw);
    link.user = { ...noUser, closed: () => this.#gone(refused) };
    link.close();
  }

  /** Why the server is refused; undefined: its certificate is good, and for the name that was asked for. */
  #refusal(certificate: PeerCertificate['certificate'], error: string | undefined): LinkError | undefined {
    const wanted = this.#call.name || this.#call.client.settings.verifyName;
    if (error !== undefined) return failure(error, `the certificate of the server is refused: ${error}`);
    if (certificate === undefined) return failure('ERR_TLS_NO_CERT', 'the server showed no certificate');
    if (wanted === undefined || isFor(certificate, wanted)) return undefined;
    return failure(WRONG_NAME, `the certificate of the server is not for '${printable(wanted)}'`);
  }

  #open(link: SecureLink): void {
    this.handshaking = false;
    link.user = this.#user;
    link.whenClosed = () => this.whenClosed?.();
    if (this.#early.length > 0) link.write(Buffer.concat(this.#early.splice(0)));
    for (const then of this.#afterwards.splice(0)) link.whenTaken(then);
    this.#user.opened();
    if (!this.#paused && !this.#released && !this.#closed && !link.closed) link.resume();
  }

  #gone(error: LinkError | undefined): void {
    if (this.#inner === undefined && this.#closed) error = undefined;
    this.#closed = true;
    this.handshaking = false;
    this.#early = [];
    this.#user.closed(error);
    this.whenClosed?.();
  }

  release(): Socket {
    if (!(this.#inner instanceof NodeSecureLink)) throw new TypeError('this link is not open');
    this.#released = true;
    return this.#inner.release();
  }

  // ---- a link ----------------------------------------------------------------------------------

  get facts(): TlsFacts | undefined {
    return this.#inner?.facts;
  }

  get user(): LinkUser {
    return this.#user;
  }

  set user(user: LinkUser) {
    this.#user = user;
    if (this.#inner !== undefined && !this.connecting) this.#inner.user = user;
  }

  get peer(): Endpoint {
    return this.#below.peer;
  }

  get local(): Endpoint {
    return this.#below.local;
  }

  get connecting(): boolean {
    return !this.#closed && (this.handshaking || this.#inner === undefined);
  }

  get closed(): boolean {
    return this.#closed || this.#inner?.closed === true;
  }

  get readEnded(): boolean {
    return this.#inner?.readEnded ?? false;
  }

  get writeEnded(): boolean {
    return this.#inner?.writeEnded ?? false;
  }

  get ending(): boolean {
    return this.#inner?.ending ?? false;
  }

  get waiting(): number {
    return this.#inner?.waiting ?? this.#early.reduce((sum, { length }) => sum + length, 0);
  }

  get full(): boolean {
    return this.#inner?.full ?? false;
  }

  get paused(): boolean {
    return this.connecting ? this.#paused : (this.#inner?.paused ?? true);
  }

  write(bytes: Buffer, more?: Buffer): boolean {
    if (!this.connecting) return this.#inner?.write(bytes, more) ?? false;
    this.#early.push(bytes, ...(more === undefined ? [] : [more]));
    return true;
  }

  give(bytes: Buffer): boolean {
    return this.connecting ? this.write(bytes) : (this.#inner?.give(bytes) ?? false);
  }

  copy(bytes: Buffer, taken: () => void): boolean {
    if (!this.connecting) return this.#inner?.copy(bytes, taken) ?? false;
    this.#afterwards.push(taken);
    return this.write(Buffer.from(bytes));
  }

  whenTaken(then: () => void): void {
    if (this.connecting) this.#afterwards.push(then);
    else this.#inner?.whenTaken(then);
  }

  pause(): void {
    this.#paused = true;
    if (!this.connecting) this.#inner?.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.connecting) this.#inner?.resume();
  }

  end(left?: () => void): void {
    if (this.connecting) this.close();
    else this.#inner?.end(left);
  }

  closeSoon(): void {
    if (this.connecting) this.close();
    else this.#inner?.closeSoon();
  }

  close(): void {
    if (!this.connecting) return this.#inner?.close();
    this.#closed = true;
    this.#below.close();
  }

  reset(): void {
    if (this.connecting) this.close();
    else this.#inner?.reset();
  }

  vanished(): boolean {
    return this.#inner?.vanished() ?? false;
  }
}

function failure(code: string, message: string): LinkError {
  return Object.assign(new Error(message), { code });
}

/** OpenSSL's reason says more than its code. */
function withReason(error: LinkError & { readonly reason?: string }): LinkError {
  const why = error.reason ?? error.message;
  const [, number] = /(?:^|:)error:([0-9A-F]{8}):/.exec(error.message) ?? [];
  const openssl = number === undefined ? undefined : Number.parseInt(number, 16);
  return Object.assign(failure(error.code ?? 'ERR_SSL', HANDSHAKE_FAILED + why), { openssl });
}

function printable(name: string): string {
  return name.slice(0, 255).replaceAll(/[^!-~]/g, '?');
}
