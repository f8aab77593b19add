import type { X509Certificate } from 'node:crypto';
import type { AcmeCertificate } from '../model/acme.ts';
import type { AcmeClock } from './clock.ts';
import { fieldsOf, printable } from './problem.ts';
import { lifetimeOf, renewalId, suggestedTime } from './renewal.ts';
import { retryAfter } from './retry-after.ts';
import type { CertificateState } from './store.ts';
import type { Transports } from './transport.ts';

/** How often an authority is asked that does not say (RFC 9773 §4.3: six hours is what they usually do say). */
const USUAL = 6 * 3_600_000;
/** Neither every second nor next year. */
const SHORTEST = 60_000;
const LONGEST = 24 * 3_600_000;

interface SuggestionParts {
  readonly clock: AcmeClock;
  readonly chance: () => number;
  readonly signal: AbortSignal;
  readonly transports: Transports;
}

/** What changes, and what to say of it. */
interface Suggestion {
  readonly state: Pick<CertificateState, 'askAt' | 'renewAt' | 'window'>;
  readonly note: string | undefined;
}

/**
 * Asks the authority when this certificate is best renewed (ARI, RFC 9773). An authority that revokes a certificate early says so here.
 * One that does not answer, or has no ARI, changes nothing.
 */
export async function suggestion(
  wanted: AcmeCertificate,
  leaf: X509Certificate,
  state: CertificateState,
  { clock, chance, signal, transports }: SuggestionParts,
): Promise<Suggestion> {
  const again = (wait: number): Suggestion => ({ state: { askAt: clock.now() + wait }, note: undefined });
  const id = renewalId(leaf.raw);
  if (id === undefined) return again(LONGEST);
  const transport = transports(wanted.authorities, signal);
  try {
    const directory = await read(wanted.directory);
    const { renewalInfo } = directory.fields;
    if (typeof renewalInfo !== 'string') return again(LONGEST);
    const { fields, patience } = await read(`${renewalInfo.replace(/\/$/, '')}/${id}`);
    const wait = Math.min(Math.max(patience ?? USUAL, SHORTEST), LONGEST);
    const { start, end } = fieldsOf(fields['suggestedWindow']);
    const [from, until] = [Date.parse(String(start)), Date.parse(String(end))];
    if (!(until > from)) return again(wait);
    // A time is chosen once for a window; choosing at each look would always find an early one.
    if (state.window?.[0] === from && state.window[1] === until) return again(wait);
    const renewAt = suggestedTime(lifetimeOf(leaf), [from, until], chance());
    const { explanationURL } = fields;
    const why = typeof explanationURL === 'string' ? ` (${printable(explanationURL)})` : '';
    const note = `the authority suggests renewal between ${String(start)} and ${String(end)}${why}: ${new Date(renewAt).toISOString()}`;
    return { state: { ...again(wait).state, renewAt, window: [from, until] }, note };
  } catch (error) {
    if (signal.aborted) throw error;
    return again(USUAL);
  }

  async function read(
    url: string,
  ): Promise<{ fields: Readonly<Record<string, unknown>>; patience: number | undefined }> {
    const reply = await transport(url, { method: 'GET', accept: 'application/json' });
    if (reply.status !== 200) throw new Error(`status ${reply.status}`);
    return {
      fields: fieldsOf(JSON.parse(reply.body.toString('utf8'))),
      patience: retryAfter(reply.headers.get('retry-after'), clock.now()),
    };
  }
}
