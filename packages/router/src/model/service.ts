import type { Position } from '@headgate/shared/config/raw';
import type { Evaluation } from './evaluation.ts';

/** What the `stats` lines of a proxy say (HAProxy manual: `stats enable` and the rest). */
export interface StatsPage {
  readonly at: Position;
  /** The proxy the lines appear in: `scope .` means this one. */
  readonly proxy: string;
  /** Requests whose path begins with it are for the page; `*` with a request target that has no path. */
  readonly uri: string;
  readonly realm: string;
  /** `stats auth`: each user with the password as it was written; none: everybody may look. */
  readonly users: readonly { readonly name: string; readonly password: string }[];
  /** `stats admin`: when one of them holds, the page may change servers. */
  readonly admin: readonly ((on: Evaluation) => boolean)[];
  /** Milliseconds between refreshes; default: 0. */
  readonly refresh: number;
  readonly hideVersion: boolean;
  /** `show-node`: the name, or '' for that of the machine; undefined: not shown. */
  readonly node: string | undefined;
  /** `show-desc`. */
  readonly description: string | undefined;
  /** `show-legends`: addresses, cookies and algorithms too. */
  readonly legends: boolean;
  /** `show-modules`. */
  readonly modules: boolean;
  /** Names of the proxies that are shown; empty: all of them. */
  readonly scope: readonly string[];
}

/** What the router answers itself beyond fixed pages: its text is made when it is asked for. */
export type Service =
  | { readonly kind: 'stats'; readonly page: StatsPage }
  /** `use-service prometheus-exporter`. */
  | { readonly kind: 'prometheus-exporter' };

/** The frontend that `metrics` lines make. No name of a configuration can be it; statistics do not show it, and `maxconn` does not count it. */
export const METRICS_PROXY = '<metrics>';

/** Most bytes of a form that is sent to a page of the router (HAProxy: one buffer). */
export const MAX_FORM = 16_384;
