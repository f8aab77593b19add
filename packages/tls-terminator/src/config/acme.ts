/** From the options of ACME to the certificates that are kept. */
import { isIP } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Problems } from '@headgate/shared/config/problem';
import { certificateFile } from '../acme/files.ts';
import type { AcmeCertificate, AcmeHttpAddress, AcmeSettings } from '../model/acme.ts';
import type { AcmeDraft } from './draft.ts';

/** What the files that the options name hold. */
export type AcmeFiles = Pick<AcmeCertificate, 'external' | 'authorities' | 'accountKey'>;

/** One certificate of a service. `draft`: its settings. */
export function acmeCertificate(
  { at, names }: AcmeDraft['names'][number],
  draft: AcmeDraft,
  files: AcmeFiles,
  problems: Problems,
): AcmeCertificate | undefined {
  const [name] = names;
  if (name === undefined) return undefined;
  const { store, directory, contact, dnsCommand, dnsWait, profile, key, http } = draft;
  const challenge = draft.challenge ?? usualChallenge(draft);
  const wildcard = names.find((each) => each.startsWith('*.'));
  const address = names.find((each) => isIP(each) !== 0);
  if (wildcard !== undefined && challenge !== 'dns-01')
    problems.error(
      at,
      `${wildcard}: authorities issue wildcards for dns-01 only; name a program with acmeDns (in YAML: dns)`,
    );
  if (address !== undefined && challenge === 'dns-01')
    problems.error(at, `${address} is an address: dns-01 cannot prove it, tls-alpn-01 and http-01 can`);
  if (challenge === 'dns-01' && dnsCommand === undefined)
    problems.error(at, 'dns-01 needs acmeDns (in YAML: dns), a program that sets TXT records');
  if (challenge === 'http-01' && http === undefined)
    problems.error(
      at,
      'http-01 needs acmeHttp (in YAML: http), an address to which the router sends /.well-known/acme-challenge/',
    );
  return {
    at,
    name,
    names,
    file: certificateFile(store, name, key),
    store,
    directory,
    contact,
    dnsCommand,
    dnsWait,
    profile,
    key,
    renewAfter: draft.renewAfter / 100,
    challenge,
    http,
    initial: draft.initial?.path,
    ...files,
  };
}

/** All certificates, each once: services may share one. */
export function compileAcme(all: readonly AcmeCertificate[], problems: Problems): AcmeSettings {
  const byFile = new Map<string, AcmeCertificate>();
  for (const certificate of all) {
    const { at, file, name } = certificate;
    const before = byFile.get(file);
    if (before === undefined) byFile.set(file, certificate);
    else if (!isDeepStrictEqual(comparable(certificate), comparable(before)))
      problems.error(
        at,
        `the certificate for ${name} is also defined on line ${before.at.line}, with other names or settings: begin one with another name, or give it another acmeStore`,
      );
  }
  const http = new Map<string, AcmeHttpAddress>();
  for (const { http: address } of all) if (address !== undefined) http.set(placeOf(address), address);
  return { certificates: [...byFile.values()], http: [...http.values()] };
}

/** Where it is written does not matter. */
function comparable({ at: _at, http, ...rest }: AcmeCertificate): unknown {
  return { ...rest, http: http === undefined ? '' : placeOf(http) };
}

function placeOf(address: AcmeHttpAddress): string {
  return address.kind === 'unix' ? address.path : `${address.host} ${address.port}`;
}

function usualChallenge({ dnsCommand, http }: AcmeDraft): AcmeCertificate['challenge'] {
  if (dnsCommand !== undefined) return 'dns-01';
  return http === undefined ? 'tls-alpn-01' : 'http-01';
}
