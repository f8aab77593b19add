import type { BackendState } from '../model/backend.ts';
import type { Frontend, GlobalConfig } from '../model/snapshot.ts';
import type { Decision } from '../model/decision.ts';
import type { Evaluation, World } from '../model/evaluation.ts';
import type { AccessRecord } from '../model/record.ts';

/** What every exchange of one frontend shares. Made once at start, replaced as a whole by a reload. */
export interface FrontendContext {
  readonly config: Frontend;
  readonly global: GlobalConfig;
  readonly backends: ReadonlyMap<string, BackendState>;
  /** What the rules of the frontend decide for a request. */
  readonly decide: (on: Evaluation) => Decision;
  /** The clock, chance and the machine, for rules that ask. */
  readonly world: World;
  /** Client connections open now: in the process (%ac) and on this frontend (%fc). */
  readonly counts: { readonly process: { value: number }; readonly frontend: { value: number } };
  /** Writes one access line; cheap and never throws. */
  log(record: AccessRecord, on: () => Evaluation): void;
  /** Says something of this frontend to its own `log` targets, and to the process log. */
  event(severity: 'err' | 'warning' | 'notice' | 'info', message: string): void;
  /** Says why there is no connection to a server, now and then: `backend/server`, and the system's words. */
  unreachable(server: string, reason: string): void;
  /** Reports something for the process log. */
  report(severity: 'err' | 'warning' | 'notice' | 'info' | 'debug', message: string): void;
}
