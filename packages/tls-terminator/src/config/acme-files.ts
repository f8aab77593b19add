import type { Problems } from '@headgate/shared/config/problem';
import { formatFinding, type Finding } from '../certificate/finding.ts';
import { readSmallFile } from '../certificate/read.ts';
import { readSecret } from '../certificate/secret.ts';
import type { AcmeCertificate } from '../model/acme.ts';
import { acmeCertificates } from './acme.ts';
import type { ServiceDraft } from './draft.ts';

/** The certificates that ACME keeps for a service, once the files that its options name are read. */
export async function readAcme(
  { acme }: ServiceDraft,
  seen: (file: string) => void,
  problems: Problems,
): Promise<readonly AcmeCertificate[]> {
  if (acme.names.length === 0) return [];
  const { external, authorities } = acme;
  return acmeCertificates(acme, { external: await externalKey(), authorities: await authoritiesPem() }, problems);

  async function externalKey(): Promise<AcmeCertificate['external']> {
    if (external === undefined) return undefined;
    const { path, at } = external.file;
    seen(path);
    const findings: Finding[] = [];
    const secret = await readSecret(path, 'key', findings);
    for (const finding of findings) {
      const message = `acmeExternal: ${formatFinding(finding)}`;
      if (finding.severity === 'error') problems.error(at, message);
      else problems.warning(at, message);
    }
    return secret === undefined
      ? undefined
      : { id: external.id, key: Buffer.from(secret.toString('latin1').trim(), 'base64url') };
  }

  async function authoritiesPem(): Promise<string | undefined> {
    if (authorities === undefined) return undefined;
    const { path, at } = authorities;
    seen(path);
    const contents = await readSmallFile(path);
    if ('data' in contents) return contents.data.toString('utf8');
    problems.error(at, `acmeCA: ${path} cannot be read: ${contents.error}`);
    return undefined;
  }
}
