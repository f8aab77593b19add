import type { Answer } from './answer.ts';
import type { Service } from './service.ts';

/** Close without a byte. `by`: a rule on contents, or one that drops, which statistics count elsewhere. */
export interface Rejection {
  readonly kind: 'reject';
  readonly by?: 'contents' | 'drop';
}

/** What a rule says of a request, a response or a connection. */
export type RequestOutcome =
  | {
      readonly kind: 'respond';
      readonly answer: Answer;
      readonly state: 'L' | 'P' | 'I';
      /** As in a decision: a demand for a password, which a client that guesses gets again and again. */
      readonly erred?: true;
    }
  | { readonly kind: 'tarpit'; readonly answer: Answer }
  | Rejection
  /** `tcp-request content switch-mode http`: the connection goes on as one of mode http. */
  | { readonly kind: 'http' }
  /** `tcp-response content close`: as if the server had closed without a response. */
  | { readonly kind: 'close' }
  /** `http-request use-backend`: go on in this backend, without the rules that follow. */
  | { readonly kind: 'backend'; readonly name: string }
  | { readonly kind: 'service'; readonly service: Service }
  | { readonly kind: 'allow' }
  | { readonly kind: 'continue' }
  /** `tcp-request connection expect-proxy layer4`: a PROXY header must come first; further rules are read. */
  | { readonly kind: 'expect-proxy' };
