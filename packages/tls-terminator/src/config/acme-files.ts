import { createPrivateKey } from 'node:crypto';
import type { Problems } from '@headgate/shared/config/problem';
import type { Finding } from '../certificate/finding.ts';
import { readSmallFile } from '../certificate/read.ts';
import { readSecret } from '../certificate/secret.ts';
import type { AcmeCertificate } from '../model/acme.ts';
import { programFault } from '../acme/dns-command.ts';
import { isAccountKey } from '../acme/jws.ts';
import { acmeCertificate, type AcmeFiles } from './acme.ts';
import { withOwnOptions } from './directives/acme.ts';
import type { AcmeDraft, FileOption, ServiceDraft } from './draft.ts';

interface AcmeFileParts {
  /** Called before a file is read. */
  readonly note: (file: FileOption) => void;
  readonly report: (findings: readonly Finding[], file: FileOption) => void;
  readonly problems: Problems;
}

/** The certificates that ACME keeps for a service, once the files that its options name are read. */
export async function readAcme(draft: ServiceDraft, parts: AcmeFileParts): Promise<readonly AcmeCertificate[]> {
  const found: AcmeCertificate[] = [];
  // Many certificates name the same files: each is read once.
  const read = new Map<string, Promise<AcmeFiles>>();
  for (const each of draft.acme.names) {
    const own = withOwnOptions(draft, each, parts.problems);
    const { external, authorities, accountKey } = own;
    const id = JSON.stringify([external?.id, external?.file.path, authorities?.path, accountKey?.path]);
    const files = read.get(id) ?? filesOf(own, parts);
    read.set(id, files);
    const certificate = acmeCertificate(each, own, await files, parts.problems);
    if (certificate !== undefined) found.push(certificate);
  }
  await judgePrograms(found, parts.problems);
  return found;
}

/** A program that is missing is no reason not to serve: it is needed for a renewal, weeks from now, when nobody looks. */
async function judgePrograms(certificates: readonly AcmeCertificate[], problems: Problems): Promise<void> {
  const judged = new Set<string>();
  for (const { at, challenge, dnsCommand } of certificates) {
    if (challenge !== 'dns-01' || dnsCommand === undefined || judged.has(dnsCommand)) continue;
    judged.add(dnsCommand);
    const fault = await programFault(dnsCommand);
    if (fault !== undefined) problems.warning(at, `acmeDns: ${dnsCommand}: ${fault}`);
  }
}

async function filesOf(
  { external, authorities, accountKey }: AcmeDraft,
  { note, report, problems }: AcmeFileParts,
): Promise<AcmeFiles> {
  return { external: await externalKey(), authorities: await authoritiesPem(), accountKey: await accountPem() };

  async function externalKey(): Promise<AcmeCertificate['external']> {
    if (external === undefined) return undefined;
    const { id, file } = external;
    const secret = await textOf(file, 'key');
    const account = /^\.{0,2}\//.test(id) ? await textOf({ ...file, path: id }, 'id') : id;
    // Emptied once the account exists, as HAProxy has it: the account in the store goes on.
    if (secret === undefined || account === undefined || secret === '' || account === '') return undefined;
    return { id: account, key: Buffer.from(secret, 'base64url') };
  }

  async function textOf(file: FileOption, what: string): Promise<string | undefined> {
    note(file);
    const findings: Finding[] = [];
    const secret = await readSecret(file.path, what, findings);
    report(findings, file);
    return secret?.toString('latin1').trim();
  }

  async function accountPem(): Promise<string | undefined> {
    if (accountKey === undefined) return undefined;
    const pem = await textOf(accountKey, 'key');
    if (pem === undefined) return undefined;
    try {
      if (isAccountKey(createPrivateKey(pem))) return pem;
    } catch {
      // Reported below.
    }
    const { path, at } = accountKey;
    problems.error(at, `acmeAccountKey: ${path} holds no private key of EC P-256, EC P-384 or RSA in PEM`);
    return undefined;
  }

  async function authoritiesPem(): Promise<string | undefined> {
    if (authorities === undefined) return undefined;
    const { path, at } = authorities;
    note(authorities);
    const contents = await readSmallFile(path);
    if ('data' in contents) return contents.data.toString('utf8');
    problems.error(at, `acmeCA: ${path} cannot be read: ${contents.error}`);
    return undefined;
  }
}
