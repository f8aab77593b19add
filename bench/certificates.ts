import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEYS = { rsa: ['rsa:2048'], ec: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] } as const;

/** A self-signed certificate for each kind of key, as files with key and certificate. */
export function makeCertificates(directory: string): Readonly<Record<keyof typeof KEYS, string>> {
  return { rsa: make(directory, 'rsa'), ec: make(directory, 'ec') };
}

function make(directory: string, kind: keyof typeof KEYS): string {
  const [key, certificate, both] = ['key', 'crt', 'pem'].map((end) => join(directory, `${kind}.${end}`)) as [
    string,
    string,
    string,
  ];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      ...KEYS[kind],
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      certificate,
      '-subj',
      '/CN=dev-coltrane01',
      '-addext',
      'subjectAltName=DNS:dev-coltrane01,DNS:dev-maps01,IP:127.0.0.1',
    ],
    { stdio: 'pipe' },
  );
  writeFileSync(both, Buffer.concat([readFileSync(key), readFileSync(certificate)]), { mode: 0o600 });
  return both;
}
