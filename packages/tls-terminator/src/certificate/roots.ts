import { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';

/** Roots that clients trust, looked up by what they have signed or by name. */
export interface Roots {
  /** The root that issued `certificate`. */
  issuerOf(certificate: X509Certificate): X509Certificate | undefined;
  /** Whether a root has the name and key of `certificate`: then cross-signed versions of it are not needed. */
  has(certificate: X509Certificate): boolean;
}

/** The authority of `cert dev`. It signs with its root, which is never sent: no intermediate is missing. */
export const DEVELOPMENT_AUTHORITY = 'Headgate development CA';

/** Roots by subject; several may share one. */
export class RootList implements Roots {
  readonly #bySubject = new Map<string, X509Certificate[]>();

  constructor(pems: readonly string[]) {
    for (const pem of pems) {
      const root = new X509Certificate(pem);
      const same = this.#bySubject.get(root.subject);
      if (same === undefined) this.#bySubject.set(root.subject, [root]);
      else same.push(root);
    }
  }

  issuerOf(certificate: X509Certificate): X509Certificate | undefined {
    return this.#called(certificate.issuer).find(
      (root) => certificate.checkIssued(root) && certificate.verify(root.publicKey),
    );
  }

  has(certificate: X509Certificate): boolean {
    return this.#called(certificate.subject).some((root) => root.publicKey.equals(certificate.publicKey));
  }

  #called(subject: string): readonly X509Certificate[] {
    return this.#bySubject.get(subject) ?? [];
  }
}

let bundled: RootList | undefined;
let system: RootList | undefined;

/**
 * Mozilla's roots, which the runtime brings along (and those of NODE_EXTRA_CA_CERTS), and then those of the system. Read when
 * first needed: a self-signed certificate needs none of them.
 */
export const trustedRoots: Roots = {
  issuerOf: (certificate) => {
    bundled ??= new RootList(getCACertificates('default'));
    return bundled.issuerOf(certificate) ?? systemRoots().issuerOf(certificate);
  },
  has: (certificate) => {
    bundled ??= new RootList(getCACertificates('default'));
    return bundled.has(certificate) || systemRoots().has(certificate);
  },
};

function systemRoots(): RootList {
  system ??= new RootList(getCACertificates('system'));
  return system;
}
