import type { PasswordChecks } from '../auth/checks.ts';
import type { BackendState } from '../model/backend.ts';
import type { Frontend, GlobalConfig } from '../model/snapshot.ts';
import type { Answer } from '../model/answer.ts';
import type { Service } from '../model/service.ts';
import type { Decision } from '../model/decision.ts';
import type { Evaluation, World } from '../model/evaluation.ts';
import type { FrontendCounters, ProcessCounters } from '../model/counters.ts';
import type { Tables } from '../tables/tracking.ts';
import type { AccessRecord } from '../model/record.ts';
import type { InvalidMessage } from '../model/invalid-message.ts';
import type { OtherLoads } from '../model/state.ts';

/** Everything the exchanges of one frontend share. Created at start and replaced by a reload. */
export interface FrontendContext {
  readonly config: Frontend;
  readonly global: GlobalConfig;
  readonly backends: ReadonlyMap<string, BackendState>;
  /** Decides a request by the rules of the frontend. */
  readonly decide: (on: Evaluation) => Decision;
  /** The stick tables; undefined when there are none. */
  readonly tables?: Tables | undefined;
  /** Clock, randomness and host, for rules that read them. */
  readonly world: World;
  /** Checks the passwords of `userlist` sections. */
  readonly passwords: PasswordChecks;
  /** Looks up a name by a `resolvers` section, for a rule; absent where there is no section. `done` may be called at once. */
  readonly lookUp?:
    | ((resolvers: string, name: string, prefer: 4 | 6, done: (address: string | undefined) => void) => void)
    | undefined;
  /** Client connections open now: in the process (%ac) and on this frontend (%fc). */
  readonly counts: { readonly process: { value: number }; readonly frontend: { value: number } };
  /** In a worker: what the others have now. */
  readonly others?: OtherLoads | undefined;
  /** Makes the response of a service of the router: statistics, metrics. `body`: of the request, undefined when there is none or it is too large. A worker has to ask its primary. */
  serve(service: Service, on: Evaluation, body: Buffer | undefined): Answer | Promise<Answer>;
  readonly counters: FrontendCounters;
  readonly process: ProcessCounters;
  /** Writes one access log line; inexpensive and never throws. */
  log(record: AccessRecord, on: () => Evaluation): void;
  /** Logs an event of this frontend to its own `log` targets and to the process log. */
  event(severity: 'err' | 'warning' | 'notice' | 'info', message: string): void;
  /** Logs why connecting to a server failed (`backend/server` and the system's reason), at a limited rate. */
  unreachable(server: string, reason: string): void;
  /** Keeps a failure for the statistics page: the server, backend or frontend, and what happened. */
  failed(where: string, what: string): void;
  /** Keeps a refused message for `show errors`. */
  invalid(message: InvalidMessage): void;
  /** Writes to the process log. */
  report(severity: 'err' | 'warning' | 'notice' | 'info' | 'debug', message: string): void;
}
