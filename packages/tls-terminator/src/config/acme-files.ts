import type { Problems } from '@headgate/shared/config/problem';
import type { Finding } from '../certificate/finding.ts';
import { readSmallFile } from '../certificate/read.ts';
import { readSecret } from '../certificate/secret.ts';
import type { AcmeCertificate } from '../model/acme.ts';
import { acmeCertificates } from './acme.ts';
import type { FileOption, ServiceDraft } from './draft.ts';

interface AcmeFileParts {
  /** Called before a file is read. */
  readonly note: (file: FileOption) => void;
  readonly report: (findings: readonly Finding[], file: FileOption) => void;
  readonly problems: Problems;
}

/** The certificates that ACME keeps for a service, once the files that its options name are read. */
export async function readAcme(
  { acme }: ServiceDraft,
  { note, report, problems }: AcmeFileParts,
): Promise<readonly AcmeCertificate[]> {
  if (acme.names.length === 0) return [];
  const { external, authorities } = acme;
  return acmeCertificates(acme, { external: await externalKey(), authorities: await authoritiesPem() }, problems);

  async function externalKey(): Promise<AcmeCertificate['external']> {
    if (external === undefined) return undefined;
    const { id, file } = external;
    note(file);
    const findings: Finding[] = [];
    const secret = await readSecret(file.path, 'key', findings);
    report(findings, file);
    return secret === undefined ? undefined : { id, key: Buffer.from(secret.toString('latin1').trim(), 'base64url') };
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
