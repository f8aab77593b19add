import type * as shared from '@headgate/shared/admin/command';
import type { Desk } from './desk.ts';

/** By the words a command begins with: `show ssl cert`. */
export type Commands = shared.Commands<Desk>;
