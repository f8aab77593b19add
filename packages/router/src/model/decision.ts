import type { Answer } from './answer.ts';

/** What the rules of a proxy decided for a request. */
export type Decision =
  /** Answer here. `state` is the termination state's first letter: L handled locally, P refused, I impossible to do. */
  | { readonly kind: 'respond'; readonly answer: Answer; readonly state: 'L' | 'P' | 'I' }
  /** Close without a byte (`http-request reject`, `silent-drop`). */
  | { readonly kind: 'reject' }
  /** Go on in this backend. */
  | { readonly kind: 'backend'; readonly name: string }
  /** Nothing matched: in a frontend that is a 503, in a backend it means go on to the servers. */
  | { readonly kind: 'none' };
