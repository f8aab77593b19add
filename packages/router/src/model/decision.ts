import type { Answer } from './answer.ts';
import type { BackendState } from './backend.ts';
import type { Rejection } from './outcome.ts';
import type { Service } from './service.ts';

/** The decision of a proxy's rules for a request. */
export type Decision =
  /** Respond directly. `state` is the termination state's first letter: L handled locally, P refused, I impossible to do, S the server's fault. */
  | {
      readonly kind: 'respond';
      readonly answer: Answer;
      readonly state: 'L' | 'P' | 'I' | 'S';
      /** Counts as an error of the client (`http_err_cnt`), as every response with the state P does. */
      readonly erred?: true;
    }
  /** Respond like this after `timeout tarpit` (`http-request tarpit`). */
  | { readonly kind: 'tarpit'; readonly answer: Answer }
  /** `http-request reject`, `tcp-request content reject`, `silent-drop`. */
  | Rejection
  /** The router answers with a text that it makes when asked: statistics, metrics. */
  | { readonly kind: 'service'; readonly service: Service }
  /** The bytes of the connection are requests from here on. */
  | { readonly kind: 'http' }
  /** Continue in this backend; `backend`: what the name stands for, where the decision is remembered with it. */
  | { readonly kind: 'backend'; readonly name: string; readonly backend?: BackendState | undefined }
  /** A value that a rule needs is not known yet: `resume` goes on with that rule when it is. */
  | { readonly kind: 'wait'; readonly resume: () => Decision }
  /** Nothing matched: a 503 in a frontend, in a backend it means continue to the servers. */
  | { readonly kind: 'none' };
