import type { Link } from '@headgate/shared/net/link';
import { createTlsServer } from '@headgate/shared/net/secure-transport';
import { ACME_TLS, type Challenges, type TlsAnswer } from '../acme/challenges.ts';
import type { Hello } from './hello.ts';

/** Milliseconds that an authority has for its handshake. */
const PATIENCE = 10_000;

/**
 * Answers the handshakes with which an authority validates a name (tls-alpn-01, RFC 8737). They have a server of their own, because what a
 * service demands of clients (a certificate, TLS 1.3) is not demanded of authorities, and no byte of theirs may reach a server.
 * False: it is another handshake.
 */
export function answersChallenge(challenges: Challenges, hello: Hello | undefined, link: Link, early: Buffer): boolean {
  if (hello?.kind !== 'hello') return false;
  const answer = challenges.answerTo(hello);
  if (answer === undefined) return false;
  serverFor(answer).secure(link, early);
  return true;
}

/** Made for each connection: an authority opens a handful. */
function serverFor({ key, cert }: TlsAnswer): ReturnType<typeof createTlsServer> {
  const options = { key, cert, ALPNProtocols: [ACME_TLS], minVersion: 'TLSv1.2', handshakeTimeout: PATIENCE } as const;
  return createTlsServer(options, {
    secured: (client) => {
      client.closeSoon();
    },
    refused: () => {},
  });
}
