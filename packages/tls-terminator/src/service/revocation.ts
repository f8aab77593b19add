import { X509Certificate } from 'node:crypto';
import { ask } from '@headgate/shared/net/secure-transport';
import type { OcspSettings } from '../model/snapshot.ts';
import { MOST_RESPONSE, ocspRequest, readOcspResponse, responderOf } from '../certificate/ocsp.ts';

/** A responder that says nothing for so long has not answered, in milliseconds. */
const PATIENCE = 5000;
/** Answers that are kept until they expire. */
const MOST_KNOWN = 1000;

const REQUEST = { type: 'application/ocsp-request', patience: PATIENCE, most: MOST_RESPONSE };

interface Known {
  readonly until: number;
  readonly refused: string | undefined;
}

/** Asks responders whether certificates were revoked (RFC 6960), and keeps what they said while it holds. */
export class Revocation {
  readonly #known = new Map<string, Known>();
  readonly #authorities = new WeakMap<OcspSettings, readonly X509Certificate[]>();

  /**
   * Undefined when every certificate from this one to below the root is good, else why not, as the end of a sentence. As in stunnel no
   * answer is a refusal: who can cut off the responder could otherwise use a stolen certificate.
   */
  async check(certificate: X509Certificate, settings: OcspSettings): Promise<string | undefined> {
    let current = certificate;
    for (let depth = 0; depth < 10; depth += 1) {
      if (current.checkIssued(current)) return undefined;
      const issuer: X509Certificate | undefined = current.issuerCertificate ?? this.#issuerOf(current, settings);
      if (issuer === undefined)
        return 'its issuer is not known, so no responder can be asked whether it was revoked (OCSP)';
      const urls = [settings.url, settings.aia ? responderOf(current) : undefined].flatMap((url) => url ?? []);
      for (const url of urls) {
        const refused = await this.#one(current, issuer, url, settings.nonce);
        if (refused !== undefined) return refused;
      }
      current = issuer;
    }
    return undefined;
  }

  /** Among the authorities of the configuration, which are read when first asked for. */
  #issuerOf(certificate: X509Certificate, settings: OcspSettings): X509Certificate | undefined {
    const known = this.#authorities.get(settings) ?? settings.authorities.map((pem) => new X509Certificate(pem));
    this.#authorities.set(settings, known);
    return known.find((one) => certificate.checkIssued(one) && certificate.verify(one.publicKey));
  }

  async #one(
    certificate: X509Certificate,
    issuer: X509Certificate,
    url: string,
    nonce: boolean,
  ): Promise<string | undefined> {
    const key = `${url} ${certificate.fingerprint256}`;
    const known = this.#known.get(key);
    if (known !== undefined && Date.now() < known.until) return known.refused;
    const asked = ocspRequest(certificate, issuer, nonce);
    const answer = await ask(url, asked.bytes, REQUEST).catch((error: unknown) =>
      String(error instanceof Error ? error.message : error),
    );
    if (typeof answer === 'string') return `the OCSP responder ${url} did not answer: ${answer}`;
    const { status, until } = readOcspResponse(answer, { certificate, issuer, nonce: asked.nonce, now: new Date() });
    const refused = status === 'good' ? undefined : `the OCSP responder ${url} said: ${status}`;
    if (until !== undefined && !nonce) {
      this.#known.set(key, { until: until.getTime(), refused });
      const [oldest] = this.#known.keys();
      if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    }
    return refused;
  }
}
