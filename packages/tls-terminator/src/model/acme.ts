import type { Position } from '@headgate/shared/config/raw';

/** What is kept by ACME (RFC 8555). */
export interface AcmeSettings {
  readonly certificates: readonly AcmeCertificate[];
  /** Addresses on which http-01 challenges are answered (`acmeHttp`). */
  readonly http: readonly AcmeHttpAddress[];
}

export type AcmeHttpAddress =
  | { readonly kind: 'tcp'; readonly at: Position; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly at: Position; readonly path: string };

/** One certificate that an authority issues again and again. */
export interface AcmeCertificate {
  readonly at: Position;
  /** The first name: what it is called in the log, and its file. */
  readonly name: string;
  /** Host names, wildcards and addresses, in lower case. */
  readonly names: readonly string[];
  /** Key and chain in one file of mode 0600. */
  readonly file: string;
  /** Directory of accounts and certificates. */
  readonly store: string;
  /** URL of the authority's directory. */
  readonly directory: string;
  /** `mailto:` URLs. */
  readonly contact: readonly string[];
  readonly challenge: 'tls-alpn-01' | 'http-01' | 'dns-01';
  /** Sets and removes TXT records, for dns-01. */
  readonly dnsCommand: string | undefined;
  /** Milliseconds between a record that was set and the request to look at it. */
  readonly dnsWait: number;
  readonly profile: string | undefined;
  readonly key: 'ec-256' | 'ec-384' | 'rsa-2048' | 'rsa-3072' | 'rsa-4096';
  /** The account at the authority that ours belongs to. */
  readonly external: { readonly id: string; readonly key: Buffer } | undefined;
  /** The private key of the account, PEM; undefined: one in `store`, made when it is needed. */
  readonly accountKey: string | undefined;
  /** Where http-01 challenges are answered. */
  readonly http: AcmeHttpAddress | undefined;
  /** A certificate to serve until there is one. */
  readonly initial: string | undefined;
  /** PEM of the authorities that the server of `directory` is verified with; undefined: those of the runtime. */
  readonly authorities: string | undefined;
  /** Share of the lifetime after which it is renewed, unless the authority suggests a time; 2/3 by default. */
  readonly renewAfter: number;
}
