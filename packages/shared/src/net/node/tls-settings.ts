import { createHash } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { TlsClient, TlsClientSettings } from '../link.ts';
import { Sessions } from '../sessions.ts';
import { nodeTls } from './lazy-tls.ts';

/** Settings with OpenSSL's structures for them. */
export class NodeTlsClient implements TlsClient {
  readonly id: string;
  readonly settings: TlsClientSettings;
  readonly context: SecureContext;
  readonly sessions = new Sessions();

  /** Throws when OpenSSL does not accept the settings. */
  constructor(id: string, settings: TlsClientSettings) {
    this.id = id;
    const { ca, crl, identity, minVersion, maxVersion, options } = settings;
    this.settings = settings;
    this.context = nodeTls().createSecureContext({
      // Without this the runtime would trust the authorities it comes with.
      ca: [...ca],
      ...(crl.length === 0 ? {} : { crl: [...crl] }),
      ...(identity === undefined ? {} : { cert: identity.cert, key: identity.key }),
      ciphers: cipherList(settings),
      minVersion,
      maxVersion,
      secureOptions: options,
    });
  }

  /** Where settings are compared as text: a private key has no place there. */
  toJSON(): string {
    return this.id;
  }
}

/** The runtime has one list for all versions, and switches off those that have nothing in it. */
function cipherList({ ciphers, suites }: TlsClientSettings): string {
  const usual = nodeTls().DEFAULT_CIPHERS.split(':');
  const isSuite = (name: string): boolean => name.startsWith('TLS_');
  return [suites ?? usual.filter(isSuite).join(':'), ciphers ?? usual.filter((name) => !isSuite(name)).join(':')].join(
    ':',
  );
}

const known = new Map<string, WeakRef<NodeTlsClient>>();

/**
 * The client for these settings. Equal settings share one for as long as one of them is in use, so that a reload which does not change
 * them keeps connections and sessions. Throws OpenSSL's error when it does not accept them.
 */
export function tlsClient(settings: TlsClientSettings): TlsClient {
  const id = createHash('sha256').update(JSON.stringify(settings)).digest('base64');
  const found = known.get(id)?.deref();
  if (found !== undefined) return found;
  const client = new NodeTlsClient(id, settings);
  for (const [other, ref] of known) if (ref.deref() === undefined) known.delete(other);
  known.set(id, new WeakRef(client));
  return client;
}

/** PEM of the authorities that the system trusts. */
export function systemAuthorities(): readonly string[] {
  return nodeTls().getCACertificates('system');
}
