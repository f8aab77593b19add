import type { Position } from '@headgate/shared/config/raw';
import type { Condition, RequestRule } from '../model/snapshot.ts';

/** The `stats` lines of one section. */
export interface StatsDraft {
  /** The section they appear in: its draft's `at`. */
  readonly section: Position;
  uri?: string;
  realm?: string;
  refresh?: number;
  hideVersion?: boolean;
  node?: string;
  description?: string;
  legends?: boolean;
  modules?: boolean;
  readonly users: { readonly name: string; readonly password: string }[];
  readonly scope: string[];
  readonly admin: Condition[];
  readonly rules: RequestRule[];
}
