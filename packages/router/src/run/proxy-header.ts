import type { Link } from '@headgate/shared/net/link';
import { decodeProxyHeader } from '@headgate/shared/proxy-protocol/decode';
import { NO_HEADER } from '@headgate/shared/proxy-protocol/header';
import type { ProxyHeader } from '@headgate/shared/proxy-protocol/header';
import { describeConnection, describeTls } from '@headgate/shared/proxy-protocol/tlv';
import type { ConnectionFacts } from '../model/facts.ts';

/** How long a PROXY header may take, in milliseconds (specification §2: at least three seconds). */
const HEADER_TIME = 3000;

/**
 * Reads the PROXY header that the configuration requires. `done` receives the connection's facts from the
 * header and the bytes after it; `refused` receives the reason, and whether any byte arrived; the caller closes.
 * A connection without a valid header is never served.
 */
export function readProxyHeader(
  link: Link,
  facts: ConnectionFacts,
  done: (facts: ConnectionFacts, rest: Buffer) => void,
  refused: (reason: string, empty: boolean) => void,
): void {
  let bytes: Buffer = Buffer.alloc(0);
  let over = false;
  const timer = setTimeout(() => fail('Timeout while waiting for PROXY protocol header'), HEADER_TIME);
  const fail = (reason: string): void => finish(() => refused(reason, bytes.length === 0));
  const finish = (then: () => void): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    link.pause();
    then();
  };
  link.user = {
    opened() {},
    data(chunk) {
      bytes = Buffer.concat([bytes, chunk]);
      const decoded = decodeProxyHeader(bytes);
      if (decoded.kind === 'need-more') return false;
      if (decoded.kind === 'invalid') fail(refusal(decoded.reason));
      else finish(() => done(toldBy(decoded.header, facts), bytes.subarray(decoded.length)));
      return false;
    },
    ended: () => fail('Connection closed while waiting for PROXY protocol header'),
    drained() {},
    closed: (error) => fail(`Connection ${error ? 'error' : 'closed'} while waiting for PROXY protocol header`),
  };
  link.resume();
}

/** The connection as its header tells it. LOCAL, and a header without addresses, keep those of the connection itself. */
function toldBy({ command, source, destination, tlvs }: ProxyHeader, facts: ConnectionFacts): ConnectionFacts {
  const told = command === 'PROXY' && source !== undefined && destination !== undefined;
  const addresses = told ? { client: source, destination } : {};
  return { ...facts, ...addresses, ...describeConnection(tlvs), proxied: true, tls: describeTls(tlvs) };
}

/** HAProxy's words, and what is wrong. */
function refusal(reason: string): string {
  if (reason === NO_HEADER) return 'Received something which does not look like a PROXY protocol header';
  return `Received an invalid PROXY protocol header: ${reason}`;
}
