/** PEM files that a configuration names: authorities, revocation lists, certificates with their keys. */
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import type { Word } from '@headgate/shared/config/raw';
import { systemAuthorities } from '@headgate/shared/net/secure-client';
import { reasonFor } from '@headgate/shared/process/regular-file';
import type { Context } from './directive.ts';
import type { Identity, Pem } from './tls-draft.ts';

const SYSTEM = '@system-ca';
/** What HAProxy reads in a folder. */
const ENDINGS = /^[^.].*\.(?:pem|crt|cer|crl)$/;

/** `ca-file FILE|FOLDER|@system-ca`; without items after a problem. */
export function readAuthorities(word: Word, context: Context): Pem {
  if (word.text === SYSTEM) return { word, items: systemAuthorities() };
  const items = blocksIn(word, context.global.serverTls?.caBase, 'CERTIFICATE', context);
  if (items === undefined) return { word, items: [] };
  const broken = items.findIndex((item) => !isCertificate(item));
  if (broken < 0) return { word, items };
  context.problems.error(
    word.at,
    `certificate ${broken + 1} in '${word.text}' cannot be read: its contents are damaged`,
  );
  return { word, items: [] };
}

/** `crl-file FILE`. */
export function readRevocations(word: Word, context: Context): Pem | undefined {
  const items = blocksIn(word, context.global.serverTls?.caBase, 'X509 CRL', context);
  return items === undefined ? undefined : { word, items };
}

/** `crt FILE`: a certificate with what is above it, and its key, there or in the same name with `.key`. */
export function readIdentity(word: Word, context: Context): Identity | undefined {
  const { problems } = context;
  const cert = blocksIn(word, context.global.serverTls?.crtBase, 'CERTIFICATE', context);
  if (cert === undefined) return undefined;
  const path = pathOf(word.text, context.global.serverTls?.crtBase);
  const key = keyIn(context.io.readFile(path)) ?? keyIn(context.io.readFile(`${path}.key`));
  if (key === undefined) {
    problems.error(word.at, `there is no private key in '${word.text}', and no file '${word.text}.key' with one`);
    return undefined;
  }
  const wrong = mismatch(cert[0] ?? '', key);
  if (wrong === undefined) return { word, cert: cert.join('\n'), key };
  problems.error(word.at, `'${word.text}': ${wrong}`);
  return undefined;
}

function mismatch(cert: string, key: string): string | undefined {
  if (!isCertificate(cert)) return 'its certificate cannot be read: its contents are damaged';
  try {
    const matches = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
    return matches ? undefined : 'its private key belongs to another certificate';
  } catch {
    return key.includes('ENCRYPTED')
      ? 'its private key has a passphrase; write it without'
      : 'its private key is damaged';
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function keyIn(text: ReturnType<Context['io']['readFile']>): string | undefined {
  return typeof text === 'string' ? blocks(text, '(?:[A-Z]+ )?PRIVATE KEY')[0] : undefined;
}

/** The blocks of a file, or of the files in a folder; at least one. */
function blocksIn(
  word: Word,
  base: string | undefined,
  label: string,
  { io, problems }: Context,
): readonly string[] | undefined {
  const path = pathOf(word.text, base);
  const names = io.folder?.(path)?.filter((name) => ENDINGS.test(name));
  const found: string[] = [];
  for (const file of names === undefined ? [path] : names.map((name) => join(path, name))) {
    const text = io.readFile(file);
    if (typeof text === 'string') found.push(...blocks(text, label));
    else {
      problems.error(word.at, `'${word.text}' cannot be read${reasonFor(text)}`);
      return undefined;
    }
  }
  if (found.length > 0) return found;
  problems.error(word.at, `there is no '-----BEGIN ${label}-----' in '${word.text}'`);
  return undefined;
}

function pathOf(path: string, base: string | undefined): string {
  return base === undefined || isAbsolute(path) ? path : join(base, path);
}

function blocks(text: string, label: string): readonly string[] {
  return text.match(new RegExp(`-----BEGIN (${label})-----[^-]+-----END \\1-----`, 'g')) ?? [];
}
