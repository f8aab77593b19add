/** Changes that come from the page: who may make them, and what they are. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { BackendState, ServerState } from '../model/backend.ts';
import type { RequestFacts } from '../model/facts.ts';

/** A token is good for this long, and for as long again. Milliseconds. */
const PERIOD = 60 * 60 * 1000;

/** Makes and checks the tokens of the page's forms: nothing is kept, and they end with the process. */
export class Tokens {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** For a reader of this page. `reader`: what the browser proves itself with, so that one reader's token is of no use to another. */
  make(page: string, reader: string, now: number): string {
    return this.#at(page, reader, Math.floor(now / PERIOD));
  }

  isGood(token: string, page: string, reader: string, now: number): boolean {
    const period = Math.floor(now / PERIOD);
    const given = Buffer.from(token);
    return [period, period - 1].some((one) => {
      const wanted = Buffer.from(this.#at(page, reader, one));
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    });
  }

  #at(page: string, reader: string, period: number): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([page, reader, period]))
      .digest('base64url');
  }
}

/**
 * Whether a browser says that another site made it send this request. Those that say nothing (old ones, programs) are left to the
 * token, which another site cannot read.
 */
export function isCrossSite(request: Pick<RequestFacts, 'header'>): boolean {
  const [site] = request.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return true;
  const [origin] = request.header('origin');
  if (origin === undefined) return false;
  const [host] = request.header('host');
  // The terminator in front of us speaks https, we do not: only host and port can be compared.
  return origin.replace(/^https?:\/\//, '').toLowerCase() !== host?.toLowerCase();
}

/** What the page can do to servers. */
export interface Operator {
  administer(server: ServerState, wish: 'ready' | 'drain' | 'maint'): void;
  weigh(server: ServerState, weight: number): void;
}

/** HAProxy's words for the outcome, which the page is asked for with `;st=`. */
export type Outcome = 'DONE' | 'PART' | 'NONE' | 'UNKN' | 'ERRP';

/** Carries out a form: `b` names the backend (or `#id`), each `s` a server, `action` what is to be done with them. */
export function carryOut(form: URLSearchParams, backends: readonly BackendState[], operator: Operator): Outcome {
  const name = form.get('b') ?? '';
  const found = backends.find(({ config }) => config.name === name || `#${config.number}` === name);
  const names = form.getAll('s');
  const action = form.get('action') ?? '';
  if (found === undefined || names.length === 0) return action === '' ? 'ERRP' : 'NONE';
  const act = actionOf(action, form, operator);
  if (act === undefined) return 'UNKN';
  if (act === 'bad') return 'ERRP';
  const servers = names.map((one) => found.servers.find(({ config }) => config.name === one));
  const known = servers.filter((server) => server !== undefined);
  const changed = known.filter(act).length;
  if (known.length < servers.length) return changed > 0 ? 'PART' : 'NONE';
  return changed > 0 ? 'DONE' : 'NONE';
}

function actionOf(
  action: string,
  form: URLSearchParams,
  operator: Operator,
): ((server: ServerState) => boolean) | 'bad' | undefined {
  switch (action) {
    case 'ready':
    case 'drain':
    case 'maint':
      return (server) => {
        if (server.administrative === action) return false;
        operator.administer(server, action);
        return true;
      };
    case 'weight': {
      const text = form.get('weight') ?? '';
      const weight = Number(text);
      if (!/^\d{1,3}$/.test(text) || weight > 256) return 'bad';
      return (server) => {
        if (server.weight === weight) return false;
        operator.weigh(server, weight);
        return true;
      };
    }
    default:
      return undefined;
  }
}
