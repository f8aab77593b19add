import type { Reloaded, StartContext } from '@headgate/shared/process/product';
import type { Keepers } from '../acme/keepers.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Staples } from '../service/staples.ts';
import type { CertificateStore, Replace } from './certificate-store.ts';
import type { TrustStore } from './trust-store.ts';

/** What the commands of the control socket act on. */
export interface Desk {
  readonly version: string;
  /** The configuration in effect. */
  readonly snapshot: () => Snapshot | undefined;
  readonly sockets: () => readonly { readonly name: string; readonly level: string }[];
  readonly keepers: Pick<Keepers, 'status' | 'renew'>;
  readonly staples: Pick<Staples, 'status' | 'meant'>;
  readonly replace: Replace;
  readonly certificates: CertificateStore;
  readonly trust: TrustStore;
  /** Counts of the process: what `show info` prints. */
  readonly info: () => Readonly<Record<string, string | number>>;
  readonly reload: (why: string) => Promise<Reloaded>;
  readonly upgrade: () => Promise<string | undefined>;
  readonly processes: StartContext['processes'];
}
