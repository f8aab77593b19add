/** The two programs as headgate runs them: each compiles the files of both, and serves its half. */
import { router } from '@headgate/router/half';
import type { Snapshot as Routing } from '@headgate/router/half';
import type { Loaded, Product } from '@headgate/shared/process/product';
import { Reads } from '@headgate/shared/process/reads';
import { startTerminator, terminator } from '@headgate/tls-terminator/half';
import type { Snapshot as Terminating } from '@headgate/tls-terminator/half';
import { loadRouting, loadTerminating } from '../config/load.ts';
import type { Assignment } from '../model/messages.ts';
import { HandshakeLog } from './handshake-log.ts';

/** The assignment of the moment. */
export interface Assigned {
  current: Assignment;
}

/** The router, with its private sockets. */
export function routerHalf(assigned: Assigned): Product<Routing> {
  return { ...router, load: (_files, reads) => withTexts(assigned, reads, loadRouting) };
}

/** The terminator, with the services of the `bind … ssl` lines. `begun`: it stops, and has no handshakes any more. */
export function terminatorHalf(assigned: Assigned, begun: () => void): Product<Terminating> {
  const failures = new HandshakeLog();
  let compiled: Routing | undefined;
  const load = async (files: readonly string[], reads: Reads, sockets: string): Promise<Loaded<Terminating>> => {
    // Only the certificates matter to this half: lists of the router may change without a reload here.
    const aside = new Reads(reads.configuration);
    const routing = await loadRouting(files, aside, sockets);
    if (routing.snapshot === undefined) return { snapshot: undefined, problems: routing.problems };
    compiled = routing.snapshot;
    const loaded = await loadTerminating(routing.snapshot, files, reads);
    return loaded ?? { snapshot: undefined, problems: [] };
  };
  return {
    ...terminator,
    load: (_files, reads) => withTexts(assigned, reads, load),
    async start(snapshot, context) {
      const follow = (): void => compiled && failures.follow(compiled);
      follow();
      const running = await startTerminator(snapshot, context, (handshake) => failures.write(handshake));
      return {
        get addresses() {
          return running.addresses;
        },
        async apply(next) {
          await running.apply(next);
          follow();
        },
        drain: (within, handedOver) => running.drain(within, handedOver, begun),
        close: () => running.close(),
      };
    },
  };
}

/**
 * Reads the texts of the assignment in place of the files, which may have changed since headgate checked them. Warnings were
 * printed when headgate checked the same texts.
 */
async function withTexts<Snapshot>(
  { current: { files, texts, sockets } }: Assigned,
  reads: Reads,
  load: (files: readonly string[], reads: Reads, sockets: string) => Promise<Loaded<Snapshot>>,
): Promise<Loaded<Snapshot>> {
  for (const [path, text] of texts) reads.configuration.set(path, text);
  const { snapshot, problems } = await load(files, reads, sockets);
  return { snapshot, problems: snapshot === undefined ? problems : [] };
}
