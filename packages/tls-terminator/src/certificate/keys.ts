import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { PemBlock } from './pem.ts';

export type KeyResult = { readonly key: KeyObject } | { readonly error: string };

export function isKeyLabel(label: string): boolean {
  return label.endsWith('PRIVATE KEY');
}

/** Reads a private key block of any form OpenSSL knows. `passphrase` opens encrypted ones. */
export function readKey(block: PemBlock, passphrase: string | undefined): KeyResult {
  if (block.label === 'OPENSSH PRIVATE KEY')
    return { error: "this is a key of ssh's own form; 'ssh-keygen -p -m PEM -f FILE' converts it" };
  const encrypted = block.label === 'ENCRYPTED PRIVATE KEY' || block.der.length === 0;
  if (encrypted && passphrase === undefined) {
    return {
      error: "the private key is encrypted: write its pass phrase into a file and name that with 'keyPassFile'",
    };
  }
  try {
    return {
      key: createPrivateKey(
        encrypted && passphrase !== undefined ? { key: block.text, passphrase } : { key: block.text },
      ),
    };
  } catch {
    return {
      error: encrypted
        ? 'the pass phrase does not open the private key'
        : `the ${block.label} cannot be read: its contents are damaged`,
    };
  }
}
