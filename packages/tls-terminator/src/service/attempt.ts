import { isIP } from 'node:net';
import type { Link, LinkError, LinkUser, SecureLink } from '@headgate/shared/net/link';
import { secureToServer } from '@headgate/shared/net/secure-transport';
import { Tickets, type Accepted } from '@headgate/shared/net/sessions';
import type { NegotiationSettings, OutboundTls, Service } from '../model/snapshot.ts';
import type { Candidate } from './candidates.ts';
import { Conversation } from './conversation.ts';
import { dial } from './dial.ts';
import { judgePeer } from './judge-peer.ts';
import { negotiateWithServer, skipGreeting } from './negotiate.ts';
import type { Outbound } from './outbound.ts';

export interface AttemptParts {
  readonly service: Pick<Service, 'localAddress' | 'sockets' | 'negotiation'>;
  /** How TLS is spoken to the server; undefined: it gets plain bytes. */
  readonly outbound: Outbound | undefined;
  /** Sends on to the client what it has to see of a server's greeting. */
  readonly greet: (text: string) => void;
}

export interface AttemptEvents {
  /** The TCP connection is there: what follows may take as long as a handshake. */
  readonly connected: () => void;
  /** The server is ready for bytes, and gets another user at once; `early` came from it already. */
  readonly ready: (server: Link, early: Buffer | undefined) => void;
  /** It is over. `final`: trying again would come to the same. */
  readonly failed: (problem: string, final: boolean) => void;
}

/** One attempt to reach one server: TCP, then what its protocol negotiates, then TLS and its certificate. */
export class Attempt implements LinkUser {
  readonly #candidate: Candidate;
  readonly #parts: AttemptParts;
  readonly #events: AttemptEvents;
  readonly #link: Link;
  #over = false;
  #problem: string | undefined;
  #final = false;

  constructor(candidate: Candidate, parts: AttemptParts, events: AttemptEvents) {
    this.#candidate = candidate;
    this.#parts = parts;
    this.#events = events;
    this.#link = dial(candidate, { ...parts.service, secured: parts.outbound !== undefined }, this);
  }

  /** Gives it up; `failed` is called with this problem. */
  fail(problem: string): void {
    if (this.#over) return;
    this.#problem ??= problem;
    this.#link.close();
  }

  /** Ends it, and nothing is called any more. */
  end(): void {
    this.#over = true;
    this.#link.close();
  }

  // ---- reports of the connection ---------------------------------------------------------------

  opened(): void {
    if (this.#over) return;
    const { service, outbound } = this.#parts;
    if (outbound === undefined && service.negotiation === undefined) return this.#ready(this.#link, undefined);
    this.#link.pause();
    this.#events.connected();
    this.#talk().catch((error: unknown) => this.#refuse(error instanceof Error ? error.message : String(error)));
  }

  closed(error: LinkError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.failed(this.#problem ?? error?.code ?? error?.message ?? 'closed', this.#final);
  }

  /** Nothing is said before it is open, and then another listens. */
  data(): boolean {
    return false;
  }
  ended(): void {}
  drained(): void {}

  // ---- what follows ----------------------------------------------------------------------------

  async #talk(): Promise<void> {
    const { service, outbound } = this.#parts;
    const { negotiation } = service;
    const early = negotiation === undefined ? undefined : await this.#negotiate(negotiation, outbound !== undefined);
    if (this.#over || this.#link.closed) return;
    this.#link.user = this;
    if (outbound === undefined) this.#ready(this.#link, early);
    else this.#secure(outbound);
  }

  async #negotiate(settings: NegotiationSettings, secures: boolean): Promise<Buffer> {
    const conversation = new Conversation(this.#link);
    try {
      if (secures) await negotiateWithServer(settings, conversation, this.#parts.greet);
      else await skipGreeting(settings.protocol, conversation);
    } finally {
      this.#link.user = this;
    }
    return conversation.release();
  }

  #secure(outbound: Outbound): void {
    const { settings, context, sessions } = outbound;
    const { text } = this.#candidate;
    const session = settings.sessionResume ? sessions.find(text, Date.now()) : undefined;
    const tickets = new Tickets(sessions, text);
    const key = settings.preSharedKey;
    const options = {
      secureContext: context,
      servername: serverNameOf(settings, this.#candidate),
      ...(settings.alpn.length === 0 ? {} : { ALPNProtocols: [...settings.alpn] }),
      ...(session === undefined ? {} : { session: session.ticket }),
      ...(key === undefined ? {} : { pskCallback: () => ({ psk: key.key, identity: key.identity }) }),
    };
    secureToServer(this.#link, options, {
      secured: (server) => void this.#judge(server, outbound, session, tickets),
      failed: (error) => {
        sessions.forget(text);
        // What OpenSSL does not like now, it will not like in a second.
        this.#final = error.code?.startsWith('ERR_') === true;
        this.closed(withReason(error));
      },
      session: (ticket) => {
        if (settings.sessionResume) tickets.add(ticket);
      },
    });
  }

  async #judge(
    server: SecureLink,
    { settings, sessions, revocation }: Outbound,
    session: Accepted | undefined,
    tickets: Tickets,
  ): Promise<void> {
    server.user = this;
    const { verification, preSharedKey } = settings;
    const { certificate: current, error } = server.peerCertificate();
    const certificate = session !== undefined && server.facts.resumed ? session.certificate : current;
    // A server that knows the pre-shared key needs no certificate.
    const keyed = certificate === undefined && preSharedKey !== undefined;
    const refused = keyed ? undefined : judgePeer({ ...verification, require: true }, { certificate, error }).refused;
    const asks = refused === undefined && certificate !== undefined && verification.ocsp !== undefined;
    const why = asks ? await revocation.check(certificate, verification.ocsp) : refused;
    if (this.#over || server.closed) return;
    if (why === undefined) {
      tickets.accepted({ validUntil: certificate?.validToDate.getTime() ?? Infinity, certificate });
      return this.#ready(server, undefined);
    }
    sessions.forget(this.#candidate.text);
    this.#refuse(why);
  }

  #refuse(problem: string): void {
    this.#final = true;
    this.#problem ??= problem;
    // Of a connection that closed while somebody else listened nothing more is reported.
    if (this.#link.closed) this.closed(undefined);
    else this.fail(problem);
  }

  #ready(server: Link, early: Buffer | undefined): void {
    this.#over = true;
    this.#events.ready(server, early);
  }
}

/** OpenSSL's reason says more than its code. */
function withReason(error: LinkError & { readonly reason?: string }): LinkError {
  return error.reason === undefined ? error : Object.assign(new Error(error.reason), { code: error.reason });
}

/** An address is never sent (RFC 6066 §3). */
function serverNameOf({ serverName }: OutboundTls, candidate: Candidate): string {
  if (serverName !== undefined) return serverName;
  const host = 'host' in candidate ? candidate.host : '';
  return isIP(host) === 0 && host !== 'localhost' ? host : '';
}
