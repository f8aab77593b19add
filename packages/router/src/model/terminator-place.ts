import type { ControlAddress } from '@headgate/shared/admin/ask';

/** Where the terminator is asked which certificates it serves. */
export interface TerminatorPlace {
  readonly address: ControlAddress;
  /** It is between the halves of `headgate`, in their private folder. */
  readonly inside: boolean;
}
