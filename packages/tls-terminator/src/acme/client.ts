import type { KeyObject } from 'node:crypto';
import type { HttpReply } from '@headgate/shared/net/secure-transport';
import type { AcmeClock } from './clock.ts';
import { externalBinding, jwkOf, signedRequest, type ExternalAccount, type Signer } from './jws.ts';
import { AcmeError, fieldsOf, problemText, shortType } from './problem.ts';
import { retryAfter } from './retry-after.ts';
import type { Transport } from './transport.ts';

/** Nonces that may be refused one after the other: authorities forget them when they restart (RFC 8555 §6.5). */
const MOST_NONCES = 10;
/** Nonces that are kept. */
const MOST_KEPT = 4;

/** What an authority offers (RFC 8555 §7.1.1). */
export interface Directory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  /** Undefined: it has no ARI (RFC 9773). */
  readonly renewalInfo: string | undefined;
  readonly externalAccountRequired: boolean;
  /** Names of the profiles that may be ordered; undefined: it has none. */
  readonly profiles: readonly string[] | undefined;
}

/** A resource of the authority's, and how long to wait before it is asked for again. */
export interface Resource {
  /** Empty unless the answer has a Location. */
  readonly location: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly retryAfter: number | undefined;
}

export interface AcmeClientParts {
  readonly directoryUrl: string;
  readonly key: KeyObject;
  readonly transport: Transport;
  readonly clock: Pick<AcmeClock, 'now'>;
}

/** Speaks ACME (RFC 8555) with one authority for one account: signs, keeps nonces, and turns refusals into errors. */
export class AcmeClient {
  readonly #parts: AcmeClientParts;
  readonly #nonces: string[] = [];
  #directory: Directory | undefined;
  #account: string | undefined;

  constructor(parts: AcmeClientParts) {
    this.#parts = parts;
  }

  /** Signs for this account from now on. */
  use(account: string): void {
    this.#account = account;
  }

  async directory(): Promise<Directory> {
    return (this.#directory ??= directoryOf((await this.get(this.#parts.directoryUrl)).fields));
  }

  /** Finds the account of the key, or creates it (RFC 8555 §7.3). The URL of the account. */
  async register(contact: readonly string[], external: ExternalAccount | undefined): Promise<string> {
    const { newAccount, externalAccountRequired } = await this.directory();
    if (externalAccountRequired && external === undefined)
      throw new AcmeError(
        'the authority wants an external account: give its id and key with acmeExternal (in YAML: external)',
        {
          type: 'externalAccountRequired',
        },
      );
    const jwk = jwkOf(this.#parts.key);
    const payload = {
      termsOfServiceAgreed: true,
      ...(contact.length === 0 ? {} : { contact }),
      ...(external === undefined ? {} : { externalAccountBinding: externalBinding(external, jwk, newAccount) }),
    };
    const { location } = await this.#send(newAccount, payload, { jwk });
    if (location === '') throw new AcmeError('the authority did not say where the account is');
    this.#account = location;
    return location;
  }

  /** A signed request; `payload` undefined reads the resource. */
  async post(url: string, payload?: unknown): Promise<Resource> {
    if (this.#account === undefined) throw new AcmeError('there is no account yet');
    return this.#send(url, payload, { kid: this.#account });
  }

  /** What an unsigned request says. */
  async get(url: string): Promise<Pick<Resource, 'fields' | 'retryAfter'>> {
    const reply = await this.#parts.transport(url, { method: 'GET', accept: 'application/json' });
    this.#check(reply, url);
    return { fields: fieldsOf(json(reply.body.toString('utf8'), url)), retryAfter: this.#patience(reply) };
  }

  async #send(url: string, payload: unknown, signer: Signer): Promise<Resource> {
    for (let attempt = 1; ; attempt += 1) {
      const nonce = this.#nonces.pop() ?? (await this.#newNonce());
      const body = signedRequest(this.#parts.key, signer, { url, nonce, payload });
      const reply = await this.#parts.transport(url, { method: 'POST', body });
      const next = reply.headers.get('replay-nonce');
      if (next !== undefined && this.#nonces.length < MOST_KEPT) this.#nonces.push(next);
      const text = reply.body.toString('utf8');
      if (reply.status < 300) {
        const isJson = reply.headers.get('content-type')?.includes('json') === true;
        const fields = isJson ? fieldsOf(json(text, url)) : {};
        return { location: reply.headers.get('location') ?? '', fields, text, retryAfter: this.#patience(reply) };
      }
      // Those kept are as old as the one refused.
      const refused = shortType(fieldsOf(parsed(text))['type']) === 'badNonce';
      if (!refused || attempt >= MOST_NONCES) this.#check(reply, url);
    }
  }

  async #newNonce(): Promise<string> {
    const { newNonce } = await this.directory();
    const reply = await this.#parts.transport(newNonce, { method: 'HEAD' });
    const nonce = reply.headers.get('replay-nonce');
    if (nonce !== undefined && /^[\w-]{1,512}$/.test(nonce)) return nonce;
    this.#check(reply, newNonce);
    throw new AcmeError('the authority gave no nonce');
  }

  #check(reply: HttpReply, url: string): void {
    if (reply.status >= 200 && reply.status < 300) return;
    const problem = parsed(reply.body.toString('utf8'));
    const { type } = fieldsOf(problem);
    const why =
      problem === undefined ? `${new URL(url).host} answered with status ${reply.status}` : problemText(problem);
    throw new AcmeError(why, { type: shortType(type), retryAfter: this.#patience(reply) });
  }

  #patience(reply: HttpReply): number | undefined {
    return retryAfter(reply.headers.get('retry-after'), this.#parts.clock.now());
  }
}

function directoryOf(fields: Readonly<Record<string, unknown>>): Directory {
  const { newNonce, newAccount, newOrder, renewalInfo, meta } = fields;
  if (typeof newNonce !== 'string' || typeof newAccount !== 'string' || typeof newOrder !== 'string')
    throw new AcmeError('what the URL of the authority leads to is not an ACME directory');
  const { externalAccountRequired, profiles } = fieldsOf(meta);
  return {
    newNonce,
    newAccount,
    newOrder,
    renewalInfo: typeof renewalInfo === 'string' ? renewalInfo : undefined,
    externalAccountRequired: externalAccountRequired === true,
    profiles: profiles === undefined ? undefined : Object.keys(fieldsOf(profiles)),
  };
}

function json(text: string, url: string): unknown {
  const value = parsed(text);
  if (value === undefined) throw new AcmeError(`${new URL(url).host} did not answer in JSON`);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
