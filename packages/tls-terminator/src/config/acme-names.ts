import { domainToASCII } from 'node:url';
import { isIP } from 'node:net';
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';

/** Authorities that have a name of their own: URLs of their directories. */
export const AUTHORITIES = {
  letsencrypt: 'https://acme-v02.api.letsencrypt.org/directory',
  'letsencrypt-staging': 'https://acme-staging-v02.api.letsencrypt.org/directory',
  zerossl: 'https://acme.zerossl.com/v2/DV90',
  google: 'https://dv.acme-v02.api.pki.goog/directory',
  buypass: 'https://api.buypass.com/acme/directory',
} as const;

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A name that an authority can issue for, in lower case and as DNS has it; undefined after reporting what is wrong with it. */
export function acmeName({ text, at }: Word, problems: Problems): string | undefined {
  if (isIP(text) !== 0) return text.toLowerCase();
  const wildcard = text.startsWith('*.');
  const name = domainToASCII(wildcard ? text.slice(2) : text).replace(/\.$/, '');
  const labels = name.split('.');
  if (name.length > 253 || name === '' || !labels.every((label) => LABEL.test(label))) {
    problems.error(at, `'${text}' is not a name that certificates are issued for, such as www.example.com`);
    return undefined;
  }
  return wildcard ? `*.${name}` : name;
}

/** `admin@example.com`, also with `mailto:` in front, as a URL. */
export function readContact({ text, at }: Word, problems: Problems): string | undefined {
  const address = text.replace(/^mailto:/i, '');
  if (/^[^\s@,?]+@[^\s@,?]+$/.test(address)) return `mailto:${address}`;
  problems.error(at, `'${text}' is not an e-mail address`);
  return undefined;
}
