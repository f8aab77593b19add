/** What the control socket shows of the files that a configuration serves from. */

/** A file of authorities or of revocation lists. */
export interface TrustedFile {
  readonly kind: 'ca' | 'crl';
  readonly file: string;
  /** PEM, one certificate or list each. */
  readonly blocks: readonly string[];
}

/** A crt-list, or a directory of certificates, which HAProxy lists in the same way. */
export interface CertificateList {
  readonly file: string;
  /** Undefined: a directory, which cannot be edited. */
  readonly text: string | undefined;
  readonly lines: readonly {
    /** From 1; 0 in a directory. */
    readonly number: number;
    readonly certificate: string;
    /** With its brackets; empty for none. */
    readonly options: string;
    readonly names: readonly string[];
  }[];
}

/** A file of keys of session tickets: for the control socket. */
export interface TicketFile {
  readonly file: string;
  /** Its last three keys in base64, oldest first. */
  readonly lines: readonly string[];
}
