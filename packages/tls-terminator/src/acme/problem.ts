/** Why an authority refused something, or why it could not be asked. */
export class AcmeError extends Error {
  override readonly name = 'AcmeError';
  /** `rateLimited`: the end of the authority's error type (RFC 8555 §6.7); empty when it gave none. */
  readonly type: string;
  /** Milliseconds that the authority wants to be left alone; undefined when it does not say. */
  readonly retryAfter: number | undefined;

  constructor(message: string, { type = '', retryAfter }: { type?: string; retryAfter?: number | undefined } = {}) {
    super(message);
    this.type = type;
    this.retryAfter = retryAfter;
  }
}

/** Errors of a new attempt that fails the same way until somebody changes something. */
export const HOPELESS: ReadonlySet<string> = new Set([
  'badCSR',
  'badPublicKey',
  'externalAccountRequired',
  'invalidContact',
  'invalidProfile',
  'rejectedIdentifier',
  'unsupportedContact',
  'unsupportedIdentifier',
]);

/** A problem document (RFC 7807, RFC 8555 §6.7) as one line; what strangers wrote is cut and printable. */
export function problemText(problem: unknown): string {
  const { type, detail, subproblems } = fieldsOf(problem);
  const more = Array.isArray(subproblems) ? subproblems.slice(0, 5).map(subproblemText) : [];
  const name = shortType(type);
  const text = [typeof detail === 'string' ? detail : 'no reason given', ...more].join('; ');
  return printable(name === '' ? text : `${text} (${name})`);
}

export function shortType(type: unknown): string {
  return typeof type === 'string' ? (/^urn:ietf:params:acme:error:([\w-]{1,64})$/.exec(type)?.[1] ?? '') : '';
}

/** Text from outside, fit for a log line. */
export function printable(text: string): string {
  return text.slice(0, 500).replaceAll(/[^\x20-\x7E]/g, '?');
}

/** The members of a JSON object; none for anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function subproblemText(problem: unknown): string {
  const { identifier, detail } = fieldsOf(problem);
  const { value } = fieldsOf(identifier);
  return `${typeof value === 'string' ? `${value}: ` : ''}${typeof detail === 'string' ? detail : 'refused'}`;
}
