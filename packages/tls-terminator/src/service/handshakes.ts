import type { Link, LinkError, PeerCertificate, SecureLink, TlsServer } from '@headgate/shared/net/link';
import { createTlsServer } from '@headgate/shared/net/secure-transport';
import type { Offers } from '@headgate/shared/tls/client-hello';
import { Contexts } from '../certificate/contexts.ts';
import { select } from '../certificate/select.ts';
import type { AcceptAddress, CertificateFacts, NamedCertificate, TlsSettings, Variant } from '../model/snapshot.ts';
import { nameIn } from './hello.ts';
import { pairFor } from './key-choice.ts';
import { isJudgedByRuntime } from './judge-peer.ts';

/** The longest delay a timer takes, almost 25 days: what `TIMEOUTbusy = 0` comes to. */
const never = 2 ** 31 - 1;

/** Names with several keys whose structures are kept. */
const MOST_SEVERAL = 500;

type TlsOptions = Parameters<typeof createTlsServer>[0];

export interface HandshakeParts {
  readonly tls: TlsSettings;
  /** Milliseconds; 0 for no limit. */
  readonly timeout: number;
  readonly staple: (certificate: Buffer) => Buffer | undefined;
  readonly secured: (client: SecureLink, below: Link | undefined, kind: AcceptAddress['kind'], variant: number) => void;
  readonly refused: (
    error: LinkError,
    below: Link | undefined,
    unanswered: boolean,
    shown: PeerCertificate | undefined,
  ) => void;
}

/**
 * Does the handshakes of one service: one TLS server for each kind of address and each set of settings that a name may have, for
 * versions and the certificates of clients are decided about before it is asked which name is meant.
 */
export class Handshakes {
  readonly #parts: HandshakeParts;
  readonly #servers = new Map<string, TlsServer>();
  /** By certificate, for names with several keys. */
  readonly #several = new Map<NamedCertificate, Map<AcceptAddress['kind'], TlsServer>>();
  /** The keys of these names one by one. */
  readonly #alone = new WeakMap<NamedCertificate, Map<NamedCertificate['pairs'][number], NamedCertificate>>();
  readonly #contexts: Contexts;
  /** In place of the one in the settings. */
  #ticketKey: Buffer | undefined;

  /** Throws when OpenSSL does not take the certificate or the options. */
  constructor(parts: HandshakeParts, kinds: readonly AcceptAddress['kind'][]) {
    this.#parts = parts;
    const { ticketKeys } = parts.tls;
    this.#contexts = new Contexts((variant) => this.#settings(variant).secureContext, { ticketKeys });
    for (const kind of kinds) this.server(kind, 0);
  }

  /** Clients that request no name that is served are refused. */
  get strict(): boolean {
    return this.#parts.tls.names?.strict === true;
  }

  /** Session tickets are made with this key from now on. */
  renewTickets(key: Buffer): void {
    this.#ticketKey = key;
    for (const server of this.#servers.values()) server.renewTickets(key);
    this.#several.clear();
    this.#contexts.forget();
  }

  /** For connections to this kind of address, with these settings. */
  server(kind: AcceptAddress['kind'], variant: number): TlsServer {
    const key = `${kind} ${variant}`;
    const known = this.#servers.get(key) ?? this.#create(kind, variant, this.#options(variant), true);
    this.#servers.set(key, known);
    return known;
  }

  /**
   * For connections that request a name with several keys: once it is asked for a certificate, the runtime gives OpenSSL one of them, and not
   * the choice. Where OpenSSL chooses, it is not known which of them it will be when the status is asked for: none is sent.
   */
  serverOf(kind: AcceptAddress['kind'], certificate: NamedCertificate): TlsServer {
    const own = this.#several.get(certificate) ?? new Map<AcceptAddress['kind'], TlsServer>();
    // The last one used is the last one forgotten.
    this.#several.delete(certificate);
    this.#several.set(certificate, own);
    const [oldest] = this.#several.keys();
    if (this.#several.size > MOST_SEVERAL && oldest !== undefined) this.#several.delete(oldest);
    const server = own.get(kind) ?? this.#createFor(kind, certificate);
    own.set(kind, server);
    return server;
  }

  /** One of the keys of a name alone, so that its response of OCSP can be sent along; the same certificate where none has any. */
  chosen(certificate: NamedCertificate, offers: Offers): NamedCertificate {
    if (certificate.pairs.every(({ staple }) => staple === undefined)) return certificate;
    const pair = pairFor(certificate.pairs, offers, this.#settings(certificate.variant).secureContext);
    if (pair === undefined) return certificate;
    const known = this.#alone.get(certificate) ?? new Map<NamedCertificate['pairs'][number], NamedCertificate>();
    this.#alone.set(certificate, known);
    const made = known.get(pair) ?? { ...certificate, pairs: [pair] };
    known.set(pair, made);
    return made;
  }

  #createFor(kind: AcceptAddress['kind'], { pairs, variant }: NamedCertificate): TlsServer {
    const { SNICallback: _asked, ...options } = this.#options(variant);
    const keys = { key: pairs.map(({ keyPem }) => keyPem), cert: pairs.map(({ certPem }) => certPem) };
    return this.#create(kind, variant, { ...options, ...keys }, pairs.length === 1);
  }

  #create(kind: AcceptAddress['kind'], variant: number, options: TlsOptions, staples: boolean): TlsServer {
    const { secured, refused, staple, tls } = this.#parts;
    return createTlsServer(
      options,
      { secured: (client, below) => secured(client, below, kind, variant), refused },
      {
        ticketKeys: tls.ticketKeys,
        nameIn,
        ...(staples && tls.certificates.some((pair) => pair.staple !== undefined) ? { staple } : {}),
      },
    );
  }

  /** Settings of a variant; 0 are those of the service. */
  #settings(variant: number): Variant {
    const { tls } = this.#parts;
    if (variant === 0) {
      const { key: _key, cert: _cert, ...secureContext } = tls.secureContext;
      return this.#renewed({ secureContext, verification: tls.verification, alpn: tls.alpn });
    }
    const own = tls.names?.variants[variant - 1];
    return own === undefined ? this.#settings(0) : this.#renewed(own);
  }

  #renewed(settings: Variant): Variant {
    if (this.#ticketKey === undefined) return settings;
    return { ...settings, secureContext: { ...settings.secureContext, ticketKeys: this.#ticketKey } };
  }

  #options(variant: number): TlsOptions {
    const { tls, timeout } = this.#parts;
    const { secureContext, verification, alpn } = this.#settings(variant);
    const { key, cert } = tls.secureContext;
    return {
      ...secureContext,
      ...(key === undefined ? {} : { key }),
      ...(cert === undefined ? {} : { cert }),
      handshakeTimeout: timeout || never,
      requestCert: verification.request,
      rejectUnauthorized: isJudgedByRuntime(verification),
      ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
      ...(tls.names === undefined ? {} : { SNICallback: this.#choose }),
      ...(tls.preSharedKeys.size === 0 ? {} : { pskCallback: this.#preSharedKey }),
    };
  }

  readonly #preSharedKey = (_client: unknown, identity: string): Buffer | null =>
    this.#parts.tls.preSharedKeys.get(identity) ?? null;

  readonly #choose: NonNullable<TlsOptions['SNICallback']> = (name, answer) => {
    const certificate = this.find(name);
    try {
      answer(null, certificate === undefined ? undefined : this.#contexts.of(certificate));
    } catch (error) {
      answer(error instanceof Error ? error : new Error(String(error)));
    }
  };

  /** The default certificate, when it has several keys. */
  get fallback(): NamedCertificate | undefined {
    return this.#parts.tls.names?.fallback;
  }

  /** The certificate for a name; undefined: the default one. */
  find(name: string): NamedCertificate | undefined {
    const { names } = this.#parts.tls;
    return names === undefined ? undefined : select(names, name);
  }

  /** Our certificate that this client was sent. */
  certificateOf(client: SecureLink): CertificateFacts | undefined {
    const { tls } = this.#parts;
    const pairs = (tls.names === undefined ? undefined : this.find(client.facts.sni)?.pairs) ?? [];
    if (pairs.length < 2) return pairs[0]?.facts ?? tls.certificate;
    const sent = client.ownFingerprint();
    return pairs.find(({ facts }) => facts.fingerprint256 === sent)?.facts ?? tls.certificate;
  }
}
