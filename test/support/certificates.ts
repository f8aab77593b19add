import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { TempDir } from './temp.ts';

export interface Certificates {
  /** The authority's certificate, PEM, for clients. */
  readonly ca: string;
  readonly caFile: string;
  /** Key, then certificate, in one file, as made by `cat cert.key cert.pem` in the article. */
  readonly keyAndCertFile: string;
  readonly keyFile: string;
  readonly certFile: string;
}

const NAMES = ['dev-maps01', 'dev-coltrane01', 'ws.dev-maps01', 'maps.localhost', 'coltrane.localhost', 'localhost'];

/** An authority and a leaf for the names of the article, created now and removed after the test. */
export function makeCertificates(t: TestContext, names: readonly string[] = NAMES): Certificates {
  const dir = new TempDir(t);
  const [caKey, caFile, keyFile, certFile] = ['ca.key', 'ca.pem', 'cert.key', 'cert.pem'].map((name) =>
    dir.join(name),
  ) as [string, string, string, string];
  const newKey = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  openssl(...newKey, '-keyout', caKey, '-out', caFile, '-subj', '/CN=Headgate test authority');
  openssl(
    ...newKey,
    '-CA',
    caFile,
    '-CAkey',
    caKey,
    '-keyout',
    keyFile,
    '-out',
    certFile,
    '-subj',
    `/CN=${names[0]}`,
    '-addext',
    `subjectAltName=IP:127.0.0.1,${names.map((name) => `DNS:${name}`).join(',')}`,
    '-addext',
    'basicConstraints=critical,CA:FALSE',
  );
  const keyAndCertFile = dir.write('cert.key_pem', Buffer.concat([readFileSync(keyFile), readFileSync(certFile)]));
  return { ca: readFileSync(caFile, 'utf8'), caFile, keyAndCertFile, keyFile, certFile };
}
