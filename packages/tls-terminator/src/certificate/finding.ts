/** A finding about a certificate file. `error`: it cannot be served. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** Undefined when it does not concern a single file. */
  readonly file: string;
  readonly block?: number | undefined;
  readonly line?: number | undefined;
  readonly message: string;
}

/** `/etc/ssl/cert.pem: block 2 (line 31): …` */
export function formatFinding({ file, block, line, message }: Finding): string {
  const where = block === undefined || line === undefined ? '' : ` block ${block} (line ${line}):`;
  return `${file}:${where} ${message}`;
}
