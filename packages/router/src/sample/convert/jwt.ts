import { reasonFor } from '@headgate/shared/process/regular-file';
import { constants, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { anyText, optional, required } from '../arguments.ts';
import { onText } from '../row.ts';
import type { Converter, Step } from '../row.ts';
import { typed } from '../value.ts';
import { jsonPath, pathSteps, queryJson } from './json.ts';

/** JSON Web Algorithms (RFC 7518 §3.1) that HAProxy verifies; the digest of each. */
const ALGORITHMS: Readonly<Record<string, string>> = Object.fromEntries(
  ['HS', 'RS', 'ES', 'PS'].flatMap((family) => ['256', '384', '512'].map((bits) => [family + bits, `sha${bits}`])),
);

/** Results of jwt_verify (HAProxy manual §7.3.1). */
const RESULT = { ok: 1, wrong: 0, invalidToken: -3 } as const;

interface Verifier {
  readonly algorithm: string;
  readonly key: KeyObject | Buffer;
}

/** The parts of a compact JWS (RFC 7515 §7.1). */
function partsOf(token: string): readonly [string, string, string] | undefined {
  const [header, payload, signature, ...more] = token.split('.');
  return header === undefined || payload === undefined || signature === undefined || more.length > 0
    ? undefined
    : [header, payload, signature];
}

function verified(token: string, { algorithm, key }: Verifier): number {
  const parts = partsOf(token);
  if (parts === undefined) return RESULT.invalidToken;
  const [header, payload, signature] = parts;
  const signed = Buffer.from(`${header}.${payload}`, 'latin1');
  const given = Buffer.from(signature, 'base64url');
  const digest = ALGORITHMS[algorithm] ?? '';
  try {
    if (Buffer.isBuffer(key)) {
      const expected = createHmac(digest, key).update(signed).digest();
      return expected.length === given.length && timingSafeEqual(expected, given) ? RESULT.ok : RESULT.wrong;
    }
    if (algorithm.startsWith('ES'))
      return verify(digest, signed, { key, dsaEncoding: 'ieee-p1363' }, given) ? RESULT.ok : RESULT.wrong;
    if (algorithm.startsWith('PS'))
      return verify(digest, signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING }, given)
        ? RESULT.ok
        : RESULT.wrong;
    return verify(digest, signed, key, given) ? RESULT.ok : RESULT.wrong;
  } catch {
    // A signature the key cannot be applied to.
    return RESULT.wrong;
  }
}

/** A part of a token as JSON, or the value at a path in it. */
function query(part: 0 | 1, what: string): Converter {
  return {
    from: 'bin',
    to: 'any',
    args: [
      optional('path', jsonPath),
      optional('type', (type) => (type === 'int' ? undefined : `'${type}' is not int`)),
    ],
    doc: `The ${what} of a JSON Web Token, or the value at a JSON path in it.`,
    example: `http_auth_bearer,jwt_${part === 0 ? 'header' : 'payload'}_query('$.${part === 0 ? 'alg' : 'iss'}')`,
    compile(args): Step {
      const steps = args.has(0) ? pathSteps(args.raw(0)) : undefined;
      const asInteger = args.has(1);
      return onText((token) => {
        const encoded = partsOf(token)?.[part];
        if (encoded === undefined) return undefined;
        const text = Buffer.from(encoded, 'base64url').toString('latin1');
        return steps === undefined ? typed('str', text) : queryJson(text, steps, asInteger);
      });
    },
  };
}

/** JSON Web Tokens (HAProxy manual §7.3.1). */
export const jwt: Readonly<Record<string, Converter>> = {
  jwt_header_query: query(0, 'header'),
  jwt_payload_query: query(1, 'payload'),
  jwt_verify: {
    from: 'bin',
    to: 'sint',
    args: [
      required('algorithm', (name) =>
        name in ALGORITHMS
          ? undefined
          : `'${name}' is not an algorithm that is verified: ${Object.keys(ALGORITHMS).join(', ')}`,
      ),
      required('key', anyText),
    ],
    doc: 'Checks the signature of a JSON Web Token: 1 valid, 0 invalid, -3 not a token. The algorithm is the one given here, whatever the token claims. The key is a secret for HS, otherwise the file of a public key.',
    example: 'http_auth_bearer,jwt_verify(HS256,secret)',
    compile(args) {
      const algorithm = args.text(0);
      if (algorithm.startsWith('HS')) {
        const key = Buffer.from(args.raw(1), 'utf8');
        return onText((token) => verified(token, { algorithm, key }));
      }
      const pem = args.context.readFile(args.raw(1));
      if (typeof pem !== 'string') return `cannot read the public key '${args.raw(1)}'${reasonFor(pem)}`;
      try {
        const key = createPublicKey(pem);
        return onText((token) => verified(token, { algorithm, key }));
      } catch {
        return `'${args.raw(1)}' contains no PEM public key`;
      }
    },
  },
};
