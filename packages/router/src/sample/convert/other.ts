import { createDecipheriv, timingSafeEqual } from 'node:crypto';
import { anyText, oneOf, optional, required, variable } from '../arguments.ts';
import { usableServers } from '../fetch/state.ts';
import { onText, onTyped } from '../row.ts';
import type { Converter } from '../row.ts';
import { base64Argument, variableBytes } from '../variable-bytes.ts';
import { CONDITIONS, conditionsOf } from '../variable-conditions.ts';

/** The best of `candidates` for an Accept-Language value (RFC 9110 §12.5.4, as HAProxy reads it: case-sensitive, no `*`). */
function language(header: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestQuality = 0;
  for (const item of header.split(',')) {
    const [tag = '', ...parameters] = item.split(';').map((part) => part.trim());
    const candidate = candidates.find((one) => tag === one || tag.startsWith(`${one}-`));
    if (candidate === undefined) continue;
    const quality = /^q=([01](?:\.\d{0,3})?)$/.exec(parameters[0] ?? 'q=1')?.[1];
    const weight = quality === undefined ? 0 : Number(quality);
    if (weight > bestQuality) {
      best = candidate;
      bestQuality = weight;
    }
  }
  return best;
}

const KEY_BITS = ['128', '192', '256'] as const;
const CONDITION_NAMES = Object.keys(CONDITIONS);

/** Variables, secrets, negotiation (HAProxy manual §7.3.1). */
export const others: Readonly<Record<string, Converter>> = {
  nbsrv: {
    from: 'str',
    to: 'sint',
    reads: ['state'],
    doc: 'How many servers of the backend of this name are usable; no value when there is none.',
    example: 'str(apps),nbsrv',
    compile: () =>
      onText((name, on) => {
        const backend = on.state?.backend(name);
        return backend === undefined ? undefined : usableServers(backend).length;
      }),
  },
  srv_queue: {
    from: 'str',
    to: 'sint',
    reads: ['state'],
    doc: 'How many requests wait for the server of this name, `backend/server`, or of the backend of the request.',
    example: 'str(apps/a),srv_queue',
    compile: () =>
      onText((name, on) => {
        const own = name.includes('/') ? '' : `${on.state?.backend()?.config.name ?? ''}/`;
        return on.state?.server(own + name)?.queued;
      }),
  },
  debug: {
    from: 'any',
    to: 'any',
    args: [optional('prefix'), optional('destination', oneOf('stdout', 'stderr', 'buf0'))],
    doc: 'Passes the value on. HAProxy also keeps it in a ring buffer; here `headgate-router explain` shows the values of expressions.',
    example: 'hdr(host),debug,lower',
    compile: () => onTyped((value) => value),
  },
  language: {
    from: 'str',
    to: 'str',
    args: [required('languages'), optional('default')],
    doc: 'The language of a list (with ; between them) that an Accept-Language header prefers; the default, or no value, when it names none of them.',
    example: 'hdr(accept-language),language(de;en,en)',
    compile(args) {
      const candidates = args.text(0).split(';');
      const otherwise = args.has(1) ? args.text(1) : undefined;
      return onText((header) => language(header, candidates) ?? otherwise);
    },
  },
  'set-var': {
    from: 'any',
    to: 'any',
    args: [
      required('variable', variable),
      ...CONDITION_NAMES.map(() => optional('condition', oneOf(...CONDITION_NAMES))),
    ],
    reads: ['variables'],
    doc: 'Stores the value in a variable and passes it on; where a condition does not hold there is no value.',
    example: 'hdr(host),lower,set-var(txn.host,ifnotexists)',
    compile(args) {
      const name = args.text(0);
      const names = CONDITION_NAMES.flatMap((_, at) => (args.has(at + 1) ? [args.text(at + 1)] : []));
      const allows = conditionsOf(name, names);
      return onTyped((value, on) => {
        if (!allows(on.variables?.get(name), value)) return undefined;
        on.variables?.set(name, value);
        return value;
      });
    },
  },
  'unset-var': {
    from: 'any',
    to: 'any',
    args: [required('variable', variable)],
    reads: ['variables'],
    doc: 'Unsets a variable and passes the value on.',
    example: 'path,unset-var(txn.host)',
    compile(args) {
      const name = args.text(0);
      return onTyped((value, on) => {
        on.variables?.unset(name);
        return value;
      });
    },
  },
  secure_memcmp: {
    from: 'bin',
    to: 'bool',
    args: [required('variable', variable)],
    reads: ['variables'],
    doc: 'True when equal to a variable, compared in constant time.',
    example: 'hdr(x-token),secure_memcmp(proc.token)',
    compile(args) {
      const name = args.text(0);
      return onText((value, on) => {
        const other = variableBytes(name, on);
        const own = Buffer.from(value, 'latin1');
        return other === undefined ? undefined : own.length === other.length && timingSafeEqual(own, other);
      });
    },
  },
  aes_gcm_dec: {
    from: 'bin',
    to: 'bin',
    args: [
      required('bits', oneOf(...KEY_BITS)),
      required('nonce', anyText),
      required('key', anyText),
      required('tag', anyText),
    ],
    reads: (args) => ([1, 2, 3].some((at) => args.text(at).includes('.')) ? ['variables'] : []),
    doc: 'Decrypts AES-GCM; nonce, key and tag are base64, or variables that hold it. No value when the tag does not match.',
    example: 'hdr(x-secret),b64dec,aes_gcm_dec(128,txn.nonce,Zm9vb2Zvb29mb29wZm9vbw==,txn.tag)',
    compile(args) {
      const bits = args.number(0);
      const [nonceOf, keyOf, tagOf] = [
        base64Argument(args.text(1)),
        base64Argument(args.text(2)),
        base64Argument(args.text(3)),
      ];
      return onText((text, on) => {
        const [nonce, key, tag] = [nonceOf(on), keyOf(on), tagOf(on)];
        if (nonce === undefined || key === undefined || tag === undefined) return undefined;
        try {
          const decipher = createDecipheriv(
            bits === 128 ? 'aes-128-gcm' : bits === 192 ? 'aes-192-gcm' : 'aes-256-gcm',
            key,
            nonce,
          );
          decipher.setAuthTag(tag);
          return decipher.update(text, 'latin1', 'latin1') + decipher.final('latin1');
        } catch {
          return undefined;
        }
      });
    },
  },
};
