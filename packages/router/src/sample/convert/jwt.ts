import { isMissing } from '@headgate/shared/config/unreadable';
import { reasonFor } from '@headgate/shared/process/regular-file';
import { constants, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Evaluation } from '../../model/evaluation.ts';
import { VARIABLE, anyText, optional, required } from '../arguments.ts';
import type { Args } from '../arguments.ts';
import { onText } from '../row.ts';
import type { Converter, Step } from '../row.ts';
import { typed } from '../value.ts';
import { variableBytes } from '../variable-bytes.ts';
import { jsonPath, pathSteps, queryJson } from './json.ts';

/** JSON Web Algorithms (RFC 7518 §3.1) that HAProxy verifies; the digest of each. */
const ALGORITHMS: Readonly<Record<string, string>> = Object.fromEntries(
  ['HS', 'RS', 'ES', 'PS'].flatMap((family) => ['256', '384', '512'].map((bits) => [family + bits, `sha${bits}`])),
);

/** Results of jwt_verify (HAProxy manual §7.3.1). */
const RESULT = { ok: 1, wrong: 0, unknownAlgorithm: -1, invalidToken: -3, unknownKey: -5 } as const;

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

/** The algorithm that is written, or what the variable of that name holds. */
function algorithmOf(written: string): (on: Evaluation) => string | undefined {
  return VARIABLE.test(written) ? (on) => variableBytes(written, on)?.toString('latin1') : () => written;
}

/** A file name, not a secret: taken for a secret because of a typo, it would let anyone who guesses it sign. */
const FILE_NAME = /^\.{0,2}\/|\.(?:pem|pub|key|crt|cer)$/;

/** The public key in the file of this name; a text is what is wrong with it. Undefined where it is no name of a file but a secret. */
function publicKey(name: string, mayBeSecret: boolean, { context }: Args): KeyObject | string | undefined {
  const pem = context.readFile(name);
  const missing = pem === undefined || (typeof pem !== 'string' && isMissing(pem.unreadable));
  if (missing && mayBeSecret && !FILE_NAME.test(name)) return undefined;
  if (typeof pem !== 'string') return `cannot read the public key '${name}'${reasonFor(pem)}`;
  try {
    return createPublicKey(pem);
  } catch {
    return `'${name}' contains no PEM public key`;
  }
}

/**
 * Verifies with the algorithm that a variable holds, and so perhaps with the one that the token itself claims. HAProxy accepts `none`
 * then, and takes the name of the file of a public key for a secret where the token says HS256: here a public key verifies what is
 * signed with the private one, a secret what is made with it, and `none` is no signature.
 */
function withClaimed(
  algorithm: (on: Evaluation) => string | undefined,
  key: KeyObject | ((on: Evaluation) => Buffer | undefined),
): Step {
  return (token, on) => {
    const claimed = algorithm(on);
    if (claimed === undefined || typeof token !== 'string') return undefined;
    if (claimed === 'none') return RESULT.wrong;
    if (!Object.hasOwn(ALGORITHMS, claimed)) return RESULT.unknownAlgorithm;
    const secret = claimed.startsWith('HS');
    if (typeof key !== 'function') return secret ? RESULT.wrong : verified(token, { algorithm: claimed, key });
    const held = key(on);
    if (held === undefined) return undefined;
    return secret ? verified(token, { algorithm: claimed, key: held }) : RESULT.unknownKey;
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
        Object.hasOwn(ALGORITHMS, name) || VARIABLE.test(name)
          ? undefined
          : `'${name}' is neither a variable nor an algorithm that is verified: ${Object.keys(ALGORITHMS).join(', ')}`,
      ),
      required('key', anyText),
    ],
    reads: (args) => ([args.text(0), args.text(1)].some((text) => VARIABLE.test(text)) ? ['variables'] : []),
    doc: 'Checks the signature of a JSON Web Token: 1 valid, 0 invalid, -1 an algorithm that is none, -3 not a token, -5 a key that cannot have signed it. The algorithm is the one given here, whatever the token claims, or held by a variable; the key is a secret for HS (or in a variable), otherwise the file of a public key. Where a variable holds the algorithm, `none` is invalid, and a public key is never taken for a secret, both of which HAProxy accepts.',
    example: 'http_auth_bearer,jwt_verify(HS256,secret)',
    compile(args) {
      const [algorithm, written] = [args.text(0), args.raw(1)];
      const secret = VARIABLE.test(written)
        ? (on: Evaluation) => variableBytes(written, on)
        : constant(Buffer.from(written, 'utf8'));
      if (algorithm.startsWith('HS') || VARIABLE.test(written)) return withClaimed(algorithmOf(algorithm), secret);
      const claimed = VARIABLE.test(algorithm);
      const key = publicKey(written, claimed, args);
      return typeof key === 'string' ? key : withClaimed(algorithmOf(algorithm), key ?? secret);
    },
  },
};

function constant(key: Buffer): () => Buffer {
  return () => key;
}
