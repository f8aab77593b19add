import type { SharedServer } from '../backend/saved.ts';
import type { Answer } from '../model/answer.ts';
import type { Observation } from '../model/backend.ts';
import type { WorkerCounts } from './crew-counts.ts';
import type { SavedDeployment } from './deployments.ts';
import type { PageRequest } from './page-request.ts';
import type { CopyMessage, HandedCopies } from './shared-copies.ts';

/** The words of a command. */
export type Words = readonly string[];

/** What the primary hands to a worker with each configuration. */
export interface Handed {
  readonly servers: readonly SharedServer[];
  readonly deployments: readonly SavedDeployment[];
  /** Commands that have changed the configuration since it came into effect; none for a worker that has carried them out already. */
  readonly lines: readonly Words[];
  /** None for a worker that has them already. */
  readonly copies: HandedCopies;
}

/** A question to another process, and what is answered to it. */
export type Questions = {
  readonly counts: { readonly about: undefined; readonly answer: WorkerCounts };
  readonly line: { readonly about: Words; readonly answer: string };
  readonly page: { readonly about: PageRequest; readonly answer: Answer };
  readonly session: { readonly about: { readonly backend: string; readonly id: string }; readonly answer: string };
};
export type Question = keyof Questions;

/** What the processes of a router send each other. */
export type Message =
  /** From the primary, which checks: the state of a server has changed. */
  | { readonly kind: 'server'; readonly server: SharedServer }
  /** From a worker: what its traffic shows of a server (`observe`). */
  | { readonly kind: 'observed'; readonly server: string; readonly seen: Observation }
  | { readonly kind: 'counts'; readonly counts: WorkerCounts }
  | { readonly kind: 'clear'; readonly all: boolean }
  | CopyMessage
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question; readonly about: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown };
