import type { KeyObject } from 'node:crypto';
import type { AcmeCertificate } from '../model/acme.ts';
import { AcmeClient, type Directory } from './client.ts';
import type { AcmeClock } from './clock.ts';
import { AcmeError } from './problem.ts';
import type { AcmeStore } from './store.ts';
import type { Transports } from './transport.ts';

/** An account that is known to its authority. */
export interface AcmeAccount {
  readonly client: AcmeClient;
  readonly key: KeyObject;
  readonly directory: Directory;
}

export interface AccountParts {
  readonly store: AcmeStore;
  readonly clock: AcmeClock;
  readonly signal: AbortSignal;
  readonly transports: Transports;
}

/** The account of the store; registered, or told of another contact, when that is needed. */
export async function openAccount(
  wanted: AcmeCertificate,
  { store, clock, signal, transports }: AccountParts,
): Promise<AcmeAccount> {
  const { key, url, contact } = await store.account(wanted);
  const transport = transports(wanted.authorities, signal);
  const client = new AcmeClient({ directoryUrl: wanted.directory, key, transport, clock });
  const directory = await client.directory();
  const account = { client, key, directory };
  if (url === undefined) {
    await register(wanted, client, store);
    return account;
  }
  client.use(url);
  const sameContact = contact.join() === wanted.contact.join();
  try {
    // An authority that has lost the account says so here, and not in the middle of an order.
    await client.post(url, sameContact ? undefined : { contact: wanted.contact });
    if (!sameContact) await store.keepAccount(wanted, url, wanted.contact);
  } catch (error) {
    if (!(error instanceof AcmeError) || !LOST.has(error.type)) throw error;
    await store.forgetAccount(wanted);
    await register(wanted, client, store);
  }
  return account;
}

/** What authorities say of an account that they do not know (RFC 8555 §7.3.1; `malformed` is what pebble says). */
const LOST: ReadonlySet<string> = new Set(['accountDoesNotExist', 'malformed']);

async function register(wanted: AcmeCertificate, client: AcmeClient, store: AcmeStore): Promise<void> {
  const url = await client.register(wanted.contact, wanted.external);
  await store.keepAccount(wanted, url, wanted.contact);
}
