import { Collecting } from '../collecting.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { AttemptClient } from './attempt-client.ts';

/** Reads the body of a request that is answered here: see `Carrier.collect`. */
export function collectBody(
  client: Pick<AttemptClient, 'readBody'> & { readonly head: RequestHead },
  limit: number,
  done: (body: Buffer | undefined) => void,
): void {
  const { framing } = client.head;
  if (framing !== 'length') return done(framing === 'none' ? Buffer.alloc(0) : undefined);
  const collecting = new Collecting(limit, done);
  client.readBody(
    (chunk) => {
      collecting.add(chunk);
      return true;
    },
    () => collecting.finish(),
  );
}
