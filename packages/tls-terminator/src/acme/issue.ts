import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { makeBundle, type Bundle } from '../certificate/bundle.ts';
import { namesMissing } from '../certificate/describe.ts';
import { formatFinding } from '../certificate/finding.ts';
import { certificateRequest, keyPem, newPrivateKey } from '../certificate/self-made.ts';
import type { AcmeCertificate } from '../model/acme.ts';
import { openAccount, type AcmeAccount } from './account.ts';
import { answerAll, type Authorization } from './authorize.ts';
import type { OpenChallenges } from './challenges.ts';
import type { Resource } from './client.ts';
import type { AcmeClock } from './clock.ts';
import { polled } from './poll.ts';
import { AcmeError, fieldsOf, printable, problemText } from './problem.ts';
import { renewalId } from './renewal.ts';
import type { AcmeStore } from './store.ts';
import type { Transports } from './transport.ts';

export interface IssueParts {
  readonly store: AcmeStore;
  readonly challenges: OpenChallenges;
  readonly clock: AcmeClock;
  readonly signal: AbortSignal;
  readonly transports: Transports;
}

/** What is asked for in an order (RFC 8555 §7.4). */
interface OrderRequest {
  readonly identifiers: readonly { readonly type: string; readonly value: string }[];
  readonly profile?: string;
  /** The certificate that it stands in for (RFC 9773 §5). */
  readonly replaces?: string;
}

/**
 * Obtains a certificate: account, order, challenges, request, certificate, in this order. Resolves with the text of the file, checked as it
 * will be when it is served. Rejects with an AcmeError. `before`: the certificate in use, issued by the same authority.
 */
export async function issue(
  wanted: AcmeCertificate,
  before: X509Certificate | undefined,
  parts: IssueParts,
): Promise<{ readonly pem: string; readonly bundle: Bundle }> {
  const account = await openAccount(wanted, parts);
  const order = await newOrder(account, wanted, before);
  const { authorizations, finalize } = order.fields;
  const authorized = await Promise.all(strings(authorizations).map((url) => readAuthorization(account, url)));
  await answerAll(authorized, { account, wanted, ...parts });
  const ready = await polled(order.location, ['ready', 'valid'], { account, ...parts });
  if (typeof finalize !== 'string') throw new AcmeError('the order has no URL to be finalized at');
  if (ready.fields['status'] === 'valid') throw new AcmeError('the order was finalized by somebody else');
  const key = await newPrivateKey(wanted.key);
  await account.client.post(finalize, { csr: certificateRequest(key, wanted.names).toString('base64url') });
  const done = await polled(order.location, ['valid'], { account, ...parts });
  const { certificate } = done.fields;
  if (typeof certificate !== 'string') throw new AcmeError('the order has no certificate');
  const { text } = await account.client.post(certificate);
  return checked(`${keyPem(key)}${text.trim()}\n`, wanted, parts.clock.now());
}

async function newOrder(
  account: AcmeAccount,
  { name, names, profile }: AcmeCertificate,
  before: X509Certificate | undefined,
): Promise<Resource> {
  const { client, directory } = account;
  if (profile !== undefined && directory.profiles?.includes(profile) !== true)
    throw new AcmeError(
      `the authority has no profile '${profile}'; it has ${directory.profiles?.map(printable).join(', ') || 'none'}`,
      { type: 'invalidProfile' },
    );
  const identifiers = names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }));
  const request: OrderRequest = { identifiers, ...(profile === undefined ? {} : { profile }) };
  const replaces = before === undefined || directory.renewalInfo === undefined ? undefined : renewalId(before.raw);
  const order = await client
    .post(directory.newOrder, replaces === undefined ? request : { ...request, replaces })
    .catch((error: unknown) => {
      // It was renewed by another program, or the authority does not know it any more: that is no reason to have none.
      const known = error instanceof AcmeError && (error.type === 'alreadyReplaced' || error.type === 'malformed');
      if (replaces === undefined || !known) throw error;
      return client.post(directory.newOrder, request);
    });
  if (order.location === '') throw new AcmeError(`the authority did not say where the order for ${name} is`);
  return order;
}

async function readAuthorization({ client }: AcmeAccount, url: string): Promise<Authorization> {
  const { fields } = await client.post(url);
  const { identifier, status, challenges, wildcard } = fields;
  const { value } = fieldsOf(identifier);
  if (typeof value !== 'string') throw new AcmeError('an authorization says not what it is for');
  return {
    url,
    name: wildcard === true ? `*.${value}` : value,
    done: status === 'valid',
    problem: status === 'invalid' ? problemText(fields['error']) : undefined,
    challenges: (Array.isArray(challenges) ? challenges : [])
      .map(fieldsOf)
      .flatMap(({ type, token, url: at }) =>
        typeof type === 'string' && typeof token === 'string' && typeof at === 'string' && isToken(token)
          ? [{ type, token, url: at }]
          : [],
      ),
  };
}

/** Nothing is kept that could not be served, or that is for other names. */
function checked(pem: string, { names, file }: AcmeCertificate, now: number): { pem: string; bundle: Bundle } {
  const { bundle, findings } = makeBundle({ cert: { file, text: pem }, now: new Date(now) });
  const [wrong] = findings.filter(({ severity }) => severity === 'error');
  if (bundle === undefined)
    throw new AcmeError(
      `what was issued cannot be served: ${wrong === undefined ? 'no certificate' : formatFinding(wrong)}`,
    );
  const missing = namesMissing(bundle.leaf, names);
  if (missing.length > 0) throw new AcmeError(`what was issued is not for ${missing.join(', ')}`);
  if (bundle.leaf.validToDate.getTime() <= now) throw new AcmeError('what was issued has expired already');
  return { pem, bundle };
}

/** Base64url of at least 128 bits (RFC 8555 §8): it becomes part of a path. */
function isToken(text: string): boolean {
  return /^[\w-]{16,256}$/.test(text);
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
