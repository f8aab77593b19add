/** What is written of a server, before it is resolved. */
import type { Position, Word } from '@headgate/shared/config/raw';
import type { FirstAddress } from '../model/names.ts';
import type { Observe } from '../model/server.ts';
import type { Server } from '../model/snapshot.ts';
import type { TlsDraft } from './tls-draft.ts';

/** The parameters of `server` and `default-server`; undefined means HAProxy's default. */
export interface ServerParameters {
  cookie?: string;
  nonStick?: boolean;
  slowstart?: number;
  track?: Word;
  onMarkedDown?: boolean;
  onMarkedUp?: boolean;
  observe?: 4 | 7;
  errorLimit?: number;
  onError?: Observe['action'];
  maxReuse?: number;
  source?: string;
  first?: readonly FirstAddress[];
  resolvers?: Word;
  prefer?: 4 | 6;
  networks?: readonly string[];
  duplicates?: boolean;
  ignoreWeight?: boolean;
  redirect?: string;
  number?: number;
  weight?: number;
  maxconn?: number;
  minconn?: number;
  maxqueue?: number;
  backup?: boolean;
  disabled?: boolean;
  /** `send-proxy`, `send-proxy-v2` and what goes with it: as in HAProxy each word turns on its own. */
  proxy?: ReadonlySet<'v1' | 'v2' | NonNullable<Server['proxyOptions']>[number]>;
  hashKey?: Server['hashKey'];
  poolMaxConn?: number;
  poolPurgeDelay?: number;
  check?: boolean;
  inter?: number;
  fastinter?: number;
  downinter?: number;
  rise?: number;
  fall?: number;
  checkPort?: number;
  /** The port of `addr`, which counts where there is no `port`. */
  checkAddressPort?: number | undefined;
  checkHost?: string;
  checkPath?: string;
  checkSendProxy?: boolean;
  /** Its checks use TLS and PROXY headers only where its line says so of checks. */
  checkedApart?: boolean;
  agent?: boolean;
  agentPort?: number;
  agentHost?: string;
  agentInter?: number;
  agentSend?: string;
  tls?: TlsDraft;
}

/** The first server of each line: what is wrong in a `server-template` is so in all of its servers. */
export function onePerLine(servers: readonly ServerDraft[]): readonly ServerDraft[] {
  return servers.filter(({ at }, index) => at !== servers[index - 1]?.at);
}

export interface ServerDraft {
  readonly name: string;
  readonly at: Position;
  readonly address: Server['address'];
  readonly relative: Server['relative'];
  readonly parameters: ServerParameters;
}
