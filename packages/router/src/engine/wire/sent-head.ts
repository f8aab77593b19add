import type { Backend, Frontend } from '../../model/snapshot.ts';
import { forwardedFor } from '../../http/forwarded.ts';
import type { RequestFacts } from '../../model/facts.ts';
import { requestHeadFor } from '../../http/outgoing.ts';
import type { RequestHead } from '../../http/request-head.ts';

/** The heads one client's requests are sent on with. Clients repeat themselves: what is the same again is not made again. */
export class SentHead {
  #text = '';
  #request: RequestHead | undefined = undefined;
  #backend: Backend | undefined = undefined;
  #close = false;

  /** `close`: on a connection for this request only. */
  of(request: RequestHead, facts: RequestFacts, frontend: Frontend, backend: Backend, close: boolean): string {
    if (request === this.#request && backend === this.#backend && close === this.#close) return this.#text;
    this.#text = requestHeadFor(request, forwardedFor(frontend, backend, facts), close);
    this.#request = request;
    this.#backend = backend;
    this.#close = close;
    return this.#text;
  }
}
