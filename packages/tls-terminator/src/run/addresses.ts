/** The addresses of a configuration, and those that are bound already. */
import type { Problem } from '@headgate/shared/config/problem';
import { CannotApply } from '@headgate/shared/process/cannot-apply';
import { StartFailure, exitCodeOf, explainFailure } from '@headgate/shared/process/start-failure';
import type { AcceptAddress, Service, Snapshot } from '../model/snapshot.ts';
import { Listener } from '../service/listener.ts';
import type { RunningService } from '../service/running-service.ts';

/** What is listened on already. */
export interface Bound {
  readonly listeners: ReadonlyMap<string, Listener>;
  /** In the order of `listeners`. */
  readonly addresses: readonly string[];
}

/** An address, what it is known by, and who serves it. */
export interface Wanted {
  readonly key: string;
  readonly accept: AcceptAddress;
  readonly receiver: RunningService;
}

export function placesOf({ services }: Snapshot, running: readonly RunningService[]): readonly Wanted[] {
  return services.flatMap((service, index) => {
    const receiver = running[index];
    if (receiver === undefined) return [];
    return service.accepts.map((accept, place) => ({ key: keyOf(accept, service, place), accept, receiver }));
  });
}

/** The same for the same address; one on a port that the system chose is known by its place in its service. */
function keyOf(accept: AcceptAddress, { name }: Service, place: number): string {
  if (accept.kind === 'unix') return accept.path;
  const address = `${accept.host} ${accept.v6only === true ? 'v6only' : ''}`;
  return accept.port === 0 ? `${address} ${name} ${place}` : `${address} ${accept.port}`;
}

/** The listener of each of `wanted`, and where it listens: one of those before, or a new one, which `added` gets too. */
export async function bindAll(
  wanted: readonly Wanted[],
  before: Bound | undefined,
  added: Listener[],
): Promise<readonly { readonly listener: Listener; readonly address: string }[]> {
  const known = [...(before?.listeners ?? [])].map(
    ([key, listener], index) => [key, { listener, address: before?.addresses[index] ?? '' }] as const,
  );
  const places = new Map(known);
  const refused: Problem[] = [];
  const bound = await Promise.allSettled(
    wanted.map(async ({ key, accept, receiver }) => {
      const kept = places.get(key);
      if (kept !== undefined) return kept;
      const listener = new Listener(accept, receiver, key);
      added.push(listener);
      try {
        return { listener, address: await listener.listen() };
      } catch (error) {
        refused.push({ severity: 'error', at: accept.at, message: explainFailure(error) });
        throw error;
      }
    }),
  );
  if (before !== undefined && refused.length > 0) throw new CannotApply(refused);
  const failures = bound.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new StartFailure(failures.map(explainFailure).join('\n'), {
      temporary: failures.every((failure) => exitCodeOf(failure) === 75),
    });
  return bound.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
