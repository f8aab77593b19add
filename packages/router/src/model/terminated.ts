import type { GlobalConfig, Snapshot } from './snapshot.ts';

/** What a terminator needs of a configuration, which is known although something else in it may be wrong. */
export interface Terminated extends Pick<Snapshot, 'frontends' | 'process' | 'certificates'> {
  readonly global: Omit<GlobalConfig, 'readsLoad'>;
}
