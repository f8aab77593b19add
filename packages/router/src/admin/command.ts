import type * as shared from '@headgate/shared/admin/command';
import type { Desk } from './desk.ts';

/** One command of the control socket. A command is an entry in the table of its family (admin/commands/). */
export type Command = shared.Command<Desk>;

/** By the words a command begins with: `show info`. */
export type Commands = shared.Commands<Desk>;
