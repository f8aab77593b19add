import type { Position, Word } from '@headgate/shared/config/raw';
import type { AcmeCertificate, AcmeHttpAddress } from '../model/acme.ts';
import { AUTHORITIES } from './acme-names.ts';

/** A file a service needs, and the option that named it. */
export interface FileOption {
  readonly option: string;
  readonly path: string;
  readonly at: Position;
}

/** An option with its value, for a part of a service. */
export interface OwnOption {
  readonly name: string;
  readonly value: Word;
}

/** What the options of ACME said. */
export interface AcmeDraft {
  /** Each is one certificate, with options of its own. */
  names: { readonly at: Position; readonly names: readonly string[]; readonly options: readonly OwnOption[] }[];
  directory: string;
  contact: string[];
  challenge: AcmeCertificate['challenge'] | undefined;
  http: AcmeHttpAddress | undefined;
  dnsCommand: string | undefined;
  dnsWait: number;
  profile: string | undefined;
  key: AcmeCertificate['key'];
  external: { readonly id: string; readonly file: FileOption } | undefined;
  store: string;
  authorities: FileOption | undefined;
  accountKey: FileOption | undefined;
  initial: FileOption | undefined;
  /** Percent. */
  renewAfter: number;
}

export function newAcmeDraft(): AcmeDraft {
  return {
    names: [],
    directory: AUTHORITIES.letsencrypt,
    contact: [],
    challenge: undefined,
    http: undefined,
    dnsCommand: undefined,
    dnsWait: 30_000,
    profile: undefined,
    key: 'ec-256',
    external: undefined,
    store: '/var/lib/headgate/acme',
    authorities: undefined,
    accountKey: undefined,
    initial: undefined,
    renewAfter: 66,
  };
}
