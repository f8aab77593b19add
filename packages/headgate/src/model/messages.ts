/** What headgate and the processes of its halves say to each other, over the channel that spawn(…, 'ipc') opens. */
import type { Reloaded } from '@headgate/shared/process/product';

export type HalfName = 'router' | 'terminator';

/** What a half is to serve. */
export interface Assignment {
  readonly files: readonly string[];
  readonly texts: readonly (readonly [path: string, text: string])[];
  /** The folder of the private sockets between the halves. */
  readonly sockets: string;
  readonly log: LogSettings;
}

export interface LogSettings {
  readonly quiet: boolean;
  readonly format: 'text' | 'json';
  readonly background: boolean;
}

/** From headgate to a half. */
export type Order =
  /** `inherits`: the listening sockets of the process before it follow, and then `inherited`. */
  | { readonly kind: 'serve'; readonly assignment: Assignment; readonly inherits: boolean }
  | Inheritance
  | { readonly kind: 'inherited' }
  /** Its listening sockets are for the process after it: each is sent, and then `bequeathed`. */
  | { readonly kind: 'bequeath' }
  /** Another configuration; the half reports what became of it. */
  | { readonly kind: 'reload'; readonly number: number; readonly assignment: Assignment }
  /** The process before it leaves it what it has handed over: paths of unix sockets are its own. */
  | { readonly kind: 'settled' }
  /** Another process has its addresses: it finishes what is open, idle connections too. */
  | { readonly kind: 'handed-over' }
  /** `soft`: open work may take as long as it takes, unless hard-stop-after is set. */
  | { readonly kind: 'stop'; readonly soft: boolean }
  /** What became of the reload that a half has asked for. */
  | { readonly kind: 'answer'; readonly number: number; readonly result: Reloaded }
  | { readonly kind: 'hurry' };

/** A listening socket, which comes with this message. */
export interface Inheritance {
  readonly kind: 'socket';
  readonly key: string;
  readonly index: number;
}

/** From a half to headgate. */
export type Report =
  | Inheritance
  | { readonly kind: 'bequeathed' }
  | { readonly kind: 'serving'; readonly addresses: readonly string[] }
  | { readonly kind: 'failed'; readonly text: string; readonly code: number }
  | { readonly kind: 'reloaded'; readonly number: number; readonly result: Reloaded }
  /** The terminator is stopping, and all that it accepted is past its handshake: nothing new comes to the private sockets. */
  | { readonly kind: 'begun' }
  /** An operator has asked the half for a reload (`ctl reload`): it is for both. */
  | { readonly kind: 'ask'; readonly number: number; readonly why: string };
