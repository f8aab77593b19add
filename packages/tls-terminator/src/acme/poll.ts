import type { AcmeAccount } from './account.ts';
import type { Resource } from './client.ts';
import type { AcmeClock } from './clock.ts';
import { AcmeError, problemText } from './problem.ts';

/** Milliseconds between two looks, unless the authority asks for more. */
const PAUSE = 1000;
/** Milliseconds that an authority has to decide. */
const PATIENCE = 300_000;

export interface PollParts {
  readonly account: AcmeAccount;
  readonly clock: AcmeClock;
  readonly signal: AbortSignal;
}

/** Reads a resource until it has one of these states (RFC 8555 §7.1.6). Rejects when it becomes invalid, or takes too long. */
export async function polled(
  url: string,
  states: readonly string[],
  { account, clock, signal }: PollParts,
): Promise<Resource> {
  let waited = 0;
  for (;;) {
    const resource = await account.client.post(url);
    const { status, error } = resource.fields;
    if (typeof status === 'string' && states.includes(status)) return resource;
    if (status === 'invalid') throw new AcmeError(error === undefined ? failureOf(resource) : problemText(error));
    const pause = Math.max(resource.retryAfter ?? 0, PAUSE);
    waited += pause;
    if (waited > PATIENCE)
      throw new AcmeError(`the authority has not decided within ${PATIENCE / 1000} seconds`, {
        retryAfter: resource.retryAfter,
      });
    await clock.wait(pause, signal);
  }
}

/** An authorization says why only in its challenge. */
function failureOf({ fields }: Resource): string {
  const { challenges } = fields;
  const failed: unknown = Array.isArray(challenges)
    ? challenges.find((each: unknown) => typeof each === 'object' && each !== null && 'error' in each)
    : undefined;
  if (typeof failed === 'object' && failed !== null && 'error' in failed) return problemText(failed.error);
  return 'the authority refused it and did not say why';
}
