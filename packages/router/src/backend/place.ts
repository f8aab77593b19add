import type { Server } from '../model/snapshot.ts';

/** Where a server with a name is now. */
export interface Place {
  /** Its IP address; undefined while its name has none. */
  readonly host: string | undefined;
  /** From an SRV record; undefined: the configured one. */
  readonly port?: number | undefined;
  /** The name that its address is of; undefined: the configured one. */
  readonly name?: string | undefined;
}

/** Nothing can be connected to there: a server whose name has no address is refused at once, even where it is insisted on. */
const NOWHERE = { kind: 'tcp', host: '0.0.0.0', port: 0 } as const;

/** The settings of a server where it is now. */
export function placed(config: Server, place: Place | undefined): Server {
  const { address, names } = config;
  if (address.kind === 'unix' || (names === undefined && place === undefined)) return config;
  if (place?.host === undefined) return { ...config, address: NOWHERE, relative: undefined };
  return { ...config, address: { kind: 'tcp', host: place.host, port: place.port ?? address.port } };
}
