import { join } from 'node:path';
import type { AcmeCertificate } from '../model/acme.ts';

/** Where the certificate of these names is kept; two with the same first name and kind of key would be one file. Pure. */
export function certificateFile(store: string, name: string, key: AcmeCertificate['key']): string {
  const base = name.replace('*', 'wildcard_').replaceAll(':', '-');
  return join(store, 'certificates', `${base}${key.startsWith('rsa') ? '.rsa' : ''}.pem`);
}
