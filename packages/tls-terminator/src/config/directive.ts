import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import type { GlobalDraft, ServiceDraft } from './draft.ts';

/** One option of stunnel's or ours. The texts become the reference in docs/tls-terminator.md. */
export interface Directive<Draft> {
  /** Its purpose, in one sentence. */
  readonly summary: string;
  /** The syntax after `=`: `[host:]port | /path`. */
  readonly takes: string;
  /** The default; empty: the option is required. */
  readonly default: string;
  readonly example: string;
  /** May be repeated; each occurrence adds to the previous ones. */
  readonly repeatable?: true;
  /** Writes the value into the draft, or reports why it cannot. */
  apply(value: Word, draft: Draft, problems: Problems): void;
}

export type GlobalDirective = Directive<GlobalDraft>;
export type ServiceDirective = Directive<ServiceDraft>;
