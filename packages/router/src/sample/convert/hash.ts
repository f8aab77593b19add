import { createHash, createHmac, getHashes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from '@headgate/shared/proxy-protocol/crc32c';
import { VARIABLE, oneOf, optional, positive, required } from '../arguments.ts';
import { avalanche, djb2, sdbm, wt6 } from '../hash.ts';
import { onText } from '../row.ts';
import type { Converter } from '../row.ts';
import { wrapped } from '../value.ts';
import { base64Argument } from '../variable-bytes.ts';
import { xxh32, xxh64 } from '../xxh.ts';
import { xxh3 } from '../xxh3.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A hash of 32 bits; with the argument 1 an avalanche is applied, so that similar inputs get dissimilar hashes. */
function hash(name: string, run: (text: string) => number): Converter {
  return {
    from: 'bin',
    to: 'sint',
    args: [optional('avalanche', oneOf('0', '1'))],
    doc: `The hash ${name}, 32 bits.`,
    example: `src,${name}(1),mod(16)`,
    compile: (args) => (args.number(0) === 1 ? onText((text) => avalanche(run(text))) : onText((text) => run(text))),
  };
}

function seeded(name: string, run: (text: string, seed: number) => number | bigint): Converter {
  return {
    from: 'bin',
    to: 'sint',
    args: [optional('seed', positive)],
    doc: `The hash ${name}.`,
    example: `path,${name}`,
    compile(args) {
      const seed = args.number(0);
      return onText((text) => run(text, seed));
    },
  };
}

const algorithms: ReadonlySet<string> = new Set(getHashes().map((name) => name.toLowerCase()));
const algorithm = (name: string): string | undefined =>
  algorithms.has(name.toLowerCase()) ? undefined : `'${name}' is not a digest algorithm, for example sha256`;

/** Hash functions and digests (HAProxy manual §7.3.1). */
export const hashes: Readonly<Record<string, Converter>> = {
  crc32: hash('crc32', (text) => crc32(bytes(text))),
  crc32c: hash('crc32c', (text) => crc32c(bytes(text))),
  djb2: hash('djb2', djb2),
  sdbm: hash('sdbm', (text) => sdbm(text)),
  wt6: hash('wt6', wt6),
  xxh32: seeded('xxh32', (text, seed) => xxh32(text, seed)),
  xxh64: seeded('xxh64', (text, seed) => wrapped(xxh64(text, BigInt(seed)))),
  xxh3: seeded('xxh3', (text, seed) => wrapped(xxh3(text, BigInt(seed)))),
  sha1: {
    from: 'bin',
    to: 'bin',
    doc: 'The digest SHA-1.',
    example: 'hdr(x-key),sha1,hex',
    compile: () => onText((text) => createHash('sha1').update(text, 'latin1').digest().toString('latin1')),
  },
  sha2: {
    from: 'bin',
    to: 'bin',
    args: [optional('bits', oneOf('224', '256', '384', '512'))],
    doc: 'The digest SHA-2 of 224, 256 (the default), 384 or 512 bits.',
    example: 'hdr(x-key),sha2(256),hex',
    compile(args) {
      const name = `sha${args.number(0, 256)}`;
      return onText((text) => createHash(name).update(text, 'latin1').digest().toString('latin1'));
    },
  },
  digest: {
    from: 'bin',
    to: 'bin',
    args: [required('algorithm', algorithm)],
    doc: 'A digest by the name OpenSSL gives it.',
    example: 'path,digest(sha256),hex',
    compile(args) {
      const name = args.text(0);
      return onText((text) => createHash(name).update(text, 'latin1').digest().toString('latin1'));
    },
  },
  hmac: {
    from: 'bin',
    to: 'bin',
    args: [
      required('algorithm', algorithm),
      required('key', (key) =>
        VARIABLE.test(key) || /^[A-Za-z0-9+/]*={0,2}$/.test(key) ? undefined : `'${key}' is not a key in base64`,
      ),
    ],
    reads: (args) => (VARIABLE.test(args.text(1)) ? ['variables'] : []),
    doc: 'A message authentication code with a key in base64, or in a variable that holds it so.',
    example: 'path,hmac(sha256,a2V5),hex',
    compile(args) {
      const name = args.text(0);
      const keyOf = base64Argument(args.text(1));
      return onText((text, on) => {
        const key = keyOf(on);
        return key && createHmac(name, key).update(text, 'latin1').digest().toString('latin1');
      });
    },
  },
};
