import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import type { GlobalDraft, ServiceDraft } from './draft.ts';

/** One option of stunnel's or ours. The texts become the reference in docs/tls-terminator.md. */
export interface Directive<Draft> {
  /** What it is for, in one sentence. */
  readonly summary: string;
  /** What is written after `=`: `[host:]port | /path`. */
  readonly takes: string;
  /** What holds when it is not given; empty: it has to be given. */
  readonly default: string;
  readonly example: string;
  /** May be given several times; each adds to the ones before. */
  readonly repeatable?: true;
  /** Writes the value into the draft, or reports why it cannot. */
  apply(value: Word, draft: Draft, problems: Problems): void;
}

export type GlobalDirective = Directive<GlobalDraft>;
export type ServiceDirective = Directive<ServiceDraft>;
