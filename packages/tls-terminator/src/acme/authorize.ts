import type { AcmeCertificate } from '../model/acme.ts';
import type { AcmeAccount } from './account.ts';
import { challengeServerName, dnsRecord, dnsValue, tlsAnswer } from './challenge-answers.ts';
import type { OpenChallenges } from './challenges.ts';
import type { AcmeClock } from './clock.ts';
import { runDnsCommand } from './dns-command.ts';
import { keyAuthorization } from './jws.ts';
import { polled } from './poll.ts';
import { AcmeError, printable } from './problem.ts';

/** What the authority wants proved for one name (RFC 8555 §7.1.4). */
export interface Authorization {
  readonly url: string;
  readonly name: string;
  /** Proved before, and still good. */
  readonly done: boolean;
  readonly problem: string | undefined;
  readonly challenges: readonly Challenge[];
}

interface Challenge {
  readonly type: string;
  readonly token: string;
  readonly url: string;
}

export interface AuthorizeParts {
  readonly account: AcmeAccount;
  readonly wanted: AcmeCertificate;
  readonly challenges: OpenChallenges;
  readonly clock: AcmeClock;
  readonly signal: AbortSignal;
}

type Close = () => void | Promise<void>;

/** Answers every open authorization. All answers are in place before the authority is told to look; all are taken back at the end, whatever it is. */
export async function answerAll(authorizations: readonly Authorization[], parts: AuthorizeParts): Promise<void> {
  const { account, wanted, clock, signal } = parts;
  const open = authorizations.filter(({ done }) => !done);
  const closers: Close[] = [];
  try {
    const chosen: { readonly authorization: Authorization; readonly challenge: Challenge }[] = [];
    for (const authorization of open) {
      const challenge = challengeOf(authorization, wanted);
      closers.push(await prepare(authorization.name, challenge, parts));
      chosen.push({ authorization, challenge });
    }
    if (wanted.challenge === 'dns-01' && chosen.length > 0) await clock.wait(wanted.dnsWait, signal);
    for (const { challenge } of chosen) await account.client.post(challenge.url, {});
    for (const { authorization } of chosen) await decided(authorization, parts);
  } finally {
    await Promise.allSettled(closers.map(async (close) => close()));
  }
}

/** The authority looks from several places, so the answer stays until it has decided. */
async function decided({ name, url }: Authorization, parts: AuthorizeParts): Promise<void> {
  try {
    await polled(url, ['valid'], parts);
  } catch (error) {
    if (!(error instanceof AcmeError)) throw error;
    const { type, retryAfter } = error;
    throw new AcmeError(`${parts.wanted.challenge} for ${name}: ${error.message}`, { type, retryAfter });
  }
}

function challengeOf({ name, problem, challenges }: Authorization, { challenge }: AcmeCertificate): Challenge {
  if (problem !== undefined) throw new AcmeError(`${name}: ${problem}`);
  const found = challenges.find(({ type }) => type === challenge);
  if (found !== undefined) return found;
  const offered = challenges.map(({ type }) => printable(type)).join(', ') || 'none';
  throw new AcmeError(`the authority offers no ${challenge} for ${name}; it offers ${offered}`, {
    type: 'unsupportedIdentifier',
  });
}

async function prepare(
  name: string,
  { token }: Challenge,
  { account: { key }, wanted, challenges, clock, signal }: AuthorizeParts,
): Promise<Close> {
  switch (wanted.challenge) {
    case 'http-01':
      return challenges.http(token, keyAuthorization(token, key));
    case 'tls-alpn-01':
      return challenges.tls(challengeServerName(name), await tlsAnswer(name, token, key, clock.now()));
    case 'dns-01': {
      const record = { name: dnsRecord(name), value: dnsValue(token, key) };
      const command = wanted.dnsCommand ?? '';
      await runDnsCommand(command, 'present', record, signal);
      // Also when the program is stopping: a record that stays behind is seen by the next attempt.
      return () => runDnsCommand(command, 'cleanup', record, new AbortController().signal);
    }
  }
}
