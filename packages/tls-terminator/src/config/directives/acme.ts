/** Certificates that an authority issues and renews (ACME, RFC 8555). */
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { KEY_KINDS } from '../../certificate/self-made.ts';
import { AUTHORITIES, acmeName, readContact } from '../acme-names.ts';
import { parseAddress } from '../address.ts';
import type { ServiceDirective } from '../directive.ts';
import type { AcmeDraft, OwnOption, ServiceDraft } from '../draft.ts';
import { duration, integer, namedFile, oneOf, path, takesDuration } from '../values.ts';

const authorities: ReadonlyMap<string, string> = new Map(Object.entries(AUTHORITIES));
const AUTHORITY_NAMES = [...authorities.keys()].join(', ');

export const acme = {
  acmeNames: {
    summary:
      'Names of one certificate that is obtained and renewed by itself (ACME, ours), the most important first. Host names, `*.example.com`, addresses. Options for this certificate alone come first, in brackets: `[acmeKey rsa-2048]`. Using it means that you agree to the terms of the authority. See certificates.md.',
    takes: '[\\[OPTION VALUE…\\]] NAME [NAME…]',
    default: 'none',
    example: 'acmeNames = example.com www.example.com',
    repeatable: true,
    apply(value, draft, problems) {
      const [, inside, list = ''] = /^(?:\[([^\]]*)\])?(.*)$/.exec(value.text) ?? [];
      const options = inside === undefined ? [] : ownOptions({ ...value, text: inside }, problems);
      const names = list.split(/[\s,]+/).filter((word) => word !== '');
      const good = names.flatMap((name) => acmeName({ ...value, text: name }, problems) ?? []);
      if (names.length === 0) problems.error(value.at, 'a certificate needs at least one name');
      else if (names.length > 100) problems.error(value.at, 'authorities issue certificates for at most 100 names');
      else if (good.length === names.length && options !== undefined)
        draft.acme.names.push({ at: value.at, names: [...new Set(good)], options });
    },
  },
  acme: {
    summary: `The authority: the URL of its directory, or one of ${AUTHORITY_NAMES}.`,
    takes: 'https:// URL | name',
    default: 'letsencrypt',
    example: 'acme = letsencrypt-staging',
    apply(value, draft, problems) {
      const known = authorities.get(value.text);
      if (known !== undefined) draft.acme.directory = known;
      else if (URL.canParse(value.text) && new URL(value.text).protocol === 'https:') draft.acme.directory = value.text;
      else
        problems.error(
          value.at,
          `'${value.text}' is neither the https:// URL of an ACME directory nor one of: ${AUTHORITY_NAMES}`,
        );
    },
  },
  acmeContact: {
    summary: 'Where the authority may write to, for example about a problem with the account. It may be left out.',
    takes: 'e-mail address',
    default: 'none',
    example: 'acmeContact = admin@example.com',
    repeatable: true,
    apply(value, draft, problems) {
      const contact = readContact(value, problems);
      if (contact !== undefined) draft.acme.contact.push(contact);
    },
  },
  acmeChallenge: {
    summary:
      'How the names are proved: by a handshake on port 443, which any service of this program answers; by a page on port 80, see `acmeHttp`; by a DNS record, see `acmeDns`. Wildcards need dns-01.',
    takes: 'tls-alpn-01 | http-01 | dns-01',
    default: 'dns-01 with `acmeDns`, http-01 with `acmeHttp`, else tls-alpn-01',
    example: 'acmeChallenge = http-01',
    apply(value, draft, problems) {
      draft.acme.challenge = oneOf(value, ['tls-alpn-01', 'http-01', 'dns-01'], problems) ?? draft.acme.challenge;
    },
  },
  acmeHttp: {
    summary:
      'Where http-01 challenges are answered in plain HTTP, and nothing else: a port or a unix socket to which the router sends /.well-known/acme-challenge/.',
    takes: '[host:]port | /path; without a host only this machine',
    default: 'none',
    example: 'acmeHttp = /run/headgate/acme.sock',
    apply(value, draft, problems) {
      const address = parseAddress(value, 1, problems);
      if (address?.kind === 'unix') draft.acme.http = { kind: 'unix', at: value.at, path: address.path };
      else if (address !== undefined)
        draft.acme.http = { kind: 'tcp', at: value.at, host: address.host ?? '127.0.0.1', port: address.port };
    },
  },
  acmeDns: {
    summary:
      "A program that sets and removes TXT records for dns-01. It is run without a shell as `PROGRAM present NAME VALUE` and `PROGRAM cleanup NAME VALUE`, as lego's exec provider does, and has two minutes.",
    takes: '/path',
    default: 'none',
    example: 'acmeDns = /usr/local/bin/dns-record',
    apply(value, draft, problems) {
      const name = path(value, problems);
      if (name === undefined) return;
      if (name.startsWith('/')) draft.acme.dnsCommand = name;
      else problems.error(value.at, 'the path of a program is expected here, beginning with /');
    },
  },
  acmeDnsWait: {
    summary: 'How long DNS servers need to learn of a record: the authority looks only after that.',
    takes: takesDuration,
    default: '30s',
    example: 'acmeDnsWait = 2m',
    apply(value, draft, problems) {
      draft.acme.dnsWait = duration(value, problems) ?? draft.acme.dnsWait;
    },
  },
  acmeProfile: {
    summary:
      'The kind of certificate, one of those that the authority lists (Let’s Encrypt: classic, tlsserver, shortlived).',
    takes: 'name',
    default: "the authority's own default",
    example: 'acmeProfile = shortlived',
    apply(value, draft, problems) {
      if (/^[\w.-]{1,64}$/.test(value.text)) draft.acme.profile = value.text;
      else problems.error(value.at, `'${value.text}' is not the name of a profile`);
    },
  },
  acmeKey: {
    summary: 'The kind of key. Every renewal makes a new one.',
    takes: KEY_KINDS.join(' | '),
    default: 'ec-256',
    example: 'acmeKey = rsa-2048',
    apply(value, draft, problems) {
      draft.acme.key = oneOf(value, KEY_KINDS, problems) ?? draft.acme.key;
    },
  },
  acmeExternal: {
    summary:
      'An account that exists at the authority already (external account binding): its id, or a file that holds it, and a file of mode 0600 that holds its key in base64url.',
    takes: 'ID /path | /path /path',
    default: 'none',
    example: 'acmeExternal = kid-1 /etc/headgate/acme.key',
    apply(value, draft, problems) {
      const [id, file, ...more] = value.text.split(/[\s,]+/);
      if (id === undefined || file === undefined || more.length > 0 || !/^[\x21-\x7E]{1,256}$/.test(id))
        problems.error(value.at, 'an id and the file with its key are expected here');
      else draft.acme.external = { id, file: { option: 'acmeExternal', path: file, at: value.at } };
    },
  },
  acmeStore: {
    summary:
      'Directory of accounts and certificates. It is created with mode 0700; the program must be able to write there.',
    takes: '/path',
    default: '/var/lib/headgate/acme',
    example: 'acmeStore = /srv/acme',
    apply(value, draft, problems) {
      draft.acme.store = path(value, problems) ?? draft.acme.store;
    },
  },
  acmeCA: {
    summary:
      'PEM file with the authority that has signed the certificate of the ACME server itself, for authorities inside a company.',
    takes: '/path',
    default: 'the public authorities',
    example: 'acmeCA = /etc/ssl/company.pem',
    apply(value, draft, problems) {
      draft.acme.authorities = namedFile('acmeCA', value, problems) ?? draft.acme.authorities;
    },
  },
  acmeAccountKey: {
    summary:
      'PEM file with the private key of the account (EC P-256 or P-384, RSA), which the authority may know already. It is read and never written.',
    takes: '/path',
    default: 'one that is made, in `acmeStore`',
    example: 'acmeAccountKey = /etc/headgate/account.key',
    apply(value, draft, problems) {
      draft.acme.accountKey = namedFile('acmeAccountKey', value, problems) ?? draft.acme.accountKey;
    },
  },
  acmeInitial: {
    summary:
      'A certificate with its key that is served until the authority has issued one, in place of a temporary one that no client trusts. It may be missing.',
    takes: '/path',
    default: 'none',
    example: 'acmeInitial = /etc/ssl/www.pem',
    apply(value, draft, problems) {
      draft.acme.initial = namedFile('acmeInitial', value, problems) ?? draft.acme.initial;
    },
  },
  acmeRenew: {
    summary:
      'After how much of its lifetime a certificate is renewed, in percent, when the authority does not suggest a time itself (ARI).',
    takes: '10 to 95',
    default: '66',
    example: 'acmeRenew = 50',
    apply(value, draft, problems) {
      draft.acme.renewAfter = integer(value, 10, 95, problems) ?? draft.acme.renewAfter;
    },
  },
} as const satisfies Record<string, ServiceDirective>;

const options: ReadonlyMap<string, ServiceDirective> = new Map(
  Object.entries<ServiceDirective>(acme).filter(([name]) => name !== 'acmeNames'),
);

/** `acmeKey rsa-2048 acmeProfile shortlived`, without the brackets; undefined after reporting what is wrong with it. */
function ownOptions({ text, at }: Word, problems: Problems): readonly OwnOption[] | undefined {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const found: OwnOption[] = [];
  for (let index = 0; index < words.length; index += 2) {
    const [name = '', value] = words.slice(index, index + 2);
    if (!options.has(name))
      problems.error(at, `'${name}' is no option of one certificate`, nearest(name, [...options.keys()]));
    else if (value === undefined) problems.error(at, `'${name}' needs a value`);
    else {
      found.push({ name, value: { text: value, at } });
      continue;
    }
    return undefined;
  }
  return found;
}

/** The settings of one certificate: those of the service, and what its brackets say. */
export function withOwnOptions(
  draft: ServiceDraft,
  { options: own }: AcmeDraft['names'][number],
  problems: Problems,
): AcmeDraft {
  // Its own contacts replace those of the service.
  const contact = own.some(({ name }) => name === 'acmeContact') ? [] : [...draft.acme.contact];
  const acmeDraft = { ...draft.acme, contact };
  for (const { name, value } of own) options.get(name)?.apply(value, { ...draft, acme: acmeDraft }, problems);
  return acmeDraft;
}
