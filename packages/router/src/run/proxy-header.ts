import type { Socket } from 'node:net';
import { decodeProxyHeader } from '@headgate/shared/proxy-protocol/decode';
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
  socket: Socket,
  facts: ConnectionFacts,
  done: (facts: ConnectionFacts, rest: Buffer) => void,
  refused: (reason: string, empty: boolean) => void,
): void {
  let bytes: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => fail('Timeout while waiting for PROXY protocol header'), HEADER_TIME);
  const onData = (chunk: Buffer): void => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const decoded = decodeProxyHeader(bytes);
    if (decoded.kind === 'need-more') return;
    if (decoded.kind === 'invalid') return fail(`Received an invalid PROXY protocol header: ${decoded.reason}`);
    const { header, length } = decoded;
    const told = header.command === 'PROXY' && header.source !== undefined && header.destination !== undefined;
    const addresses = told ? { client: header.source, destination: header.destination } : {};
    finish(() =>
      done(
        { ...facts, ...addresses, ...describeConnection(header.tlvs), proxied: true, tls: describeTls(header.tlvs) },
        bytes.subarray(length),
      ),
    );
  };
  const onEnd = (): void => fail('Connection closed while waiting for PROXY protocol header');
  const onClose = (failed: boolean): void =>
    fail(`Connection ${failed ? 'error' : 'closed'} while waiting for PROXY protocol header`);
  const fail = (reason: string): void => finish(() => refused(reason, bytes.length === 0));
  const finish = (then: () => void): void => {
    clearTimeout(timer);
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.off('close', onClose);
    socket.pause();
    then();
  };
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', onClose);
  socket.resume();
}
