import { factsOf } from '../certificate/facts.ts';
import { makeBundle } from '../certificate/bundle.ts';
import { keyPem, newPrivateKey, selfSigned } from '../certificate/self-made.ts';
import type { Stored } from '../certificate/store.ts';

const DAY = 86_400_000;

/** What is served for names that have no certificate yet: signed by its own key, so that a handshake fails at the client with a reason. */
export async function temporaryCertificate(names: readonly string[], file: string, now: Date): Promise<Stored> {
  const key = await newPrivateKey('ec-256');
  const from = new Date(now.getTime() - DAY);
  const until = new Date(now.getTime() + 30 * DAY);
  const cert = selfSigned(key, { names, subject: 'Headgate temporary certificate', from, until });
  const text = keyPem(key) + cert;
  const { bundle } = makeBundle({ cert: { file, text }, now });
  if (bundle === undefined) throw new Error('the temporary certificate cannot be read');
  const pair = { keyPem: bundle.keyPem, certPem: bundle.certPem, facts: factsOf(bundle), staple: undefined };
  return { pairs: [pair], names, findings: [] };
}
