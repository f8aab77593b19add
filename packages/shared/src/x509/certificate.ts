import { derTag, readDer, readDerList } from './der.ts';
import type { Element } from './der.ts';

/** The parts of a certificate (RFC 5280 §4.1) that Node.js's X509Certificate does not give. */
export interface CertificateParts {
  /** 0 is version 1, 2 is version 3. */
  readonly version: number;
  /** The bytes of the number itself. */
  readonly serial: Buffer;
  readonly signatureAlgorithm: Element;
  /** Names, as complete SEQUENCEs. */
  readonly issuer: Element;
  readonly subject: Element;
  readonly notBefore: Element;
  readonly notAfter: Element;
  readonly publicKeyInfo: Element;
}

/** Splits the DER of a certificate; undefined when it is none. */
export function certificateParts(bytes: Buffer): CertificateParts | undefined {
  try {
    const [tbs, signatureAlgorithm] = readDerList(readDer(bytes).value);
    if (tbs === undefined || signatureAlgorithm === undefined) return undefined;
    const fields = readDerList(tbs.value);
    const versioned = fields[0]?.tag === 0xa0;
    const version = versioned ? (readDer(fields[0]?.value ?? Buffer.alloc(0)).value[0] ?? 0) : 0;
    const [serial, , issuer, validity, subject, publicKeyInfo] = versioned ? fields.slice(1) : fields;
    if (serial?.tag !== derTag.integer || issuer === undefined || subject === undefined) return undefined;
    if (validity === undefined || publicKeyInfo === undefined) return undefined;
    const [notBefore, notAfter] = readDerList(validity.value);
    if (notBefore === undefined || notAfter === undefined) return undefined;
    const algorithm = readDer(signatureAlgorithm.value);
    return {
      version,
      serial: withoutSign(serial.value),
      signatureAlgorithm: algorithm,
      issuer,
      subject,
      notBefore,
      notAfter,
      publicKeyInfo,
    };
  } catch {
    return undefined;
  }
}

/** DER puts a zero before a number whose first bit would make it negative (X.690 §8.3.2); OpenSSL, and so HAProxy, shows the number without it. */
function withoutSign(integer: Buffer): Buffer {
  return integer.length > 1 && integer[0] === 0 ? integer.subarray(1) : integer;
}
