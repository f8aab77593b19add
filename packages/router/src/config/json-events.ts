import type { LogTarget, Proxy } from '../model/snapshot.ts';

type Logging = Pick<Proxy, 'log'> & { readonly logFormat?: unknown };

/** Where a frontend logs JSON, the events of all proxies are JSON too: a reader of the stream parses each line. */
export function jsonPlaces(frontends: readonly Logging[]): ReadonlySet<string> {
  return new Set(frontends.filter(({ logFormat }) => logFormat === 'json').flatMap(({ log }) => log.map(placeOf)));
}

export function withJsonEvents<P extends Proxy>(proxy: P, places: ReadonlySet<string>): P {
  return proxy.log.some((target) => places.has(placeOf(target))) ? { ...proxy, jsonEvents: true } : proxy;
}

function placeOf({ transport }: LogTarget): string {
  return JSON.stringify(transport);
}
