import type { Link } from '@headgate/shared/net/link';
import { decodeProxyHeader } from '@headgate/shared/proxy-protocol/decode';
import type { ProxyHeader } from '@headgate/shared/proxy-protocol/header';
import type { Service } from '../model/snapshot.ts';
import type { Challenges } from '../acme/challenges.ts';
import { Conversation } from './conversation.ts';
import { readHello } from './hello.ts';
import type { Hello } from './hello.ts';
import { negotiateWithClient } from './negotiate.ts';

/** What preceded a handshake. */
export interface Opened {
  readonly header: ProxyHeader | undefined;
  /** Undefined when nobody asked what name is requested. */
  readonly hello: Hello | undefined;
  /** What was read of the handshake. */
  readonly early: Buffer;
}

/** What has to be read of a connection before OpenSSL gets it. */
export interface OpeningSettings extends Pick<Service, 'acceptProxy' | 'negotiation'> {
  /** The requested name decides about more than the certificate. */
  readonly looksAtName: boolean;
}

/** What is read of a connection that comes now; undefined: nothing. While an authority may call, every ClientHello is looked at. */
export function openingNow(
  settings: OpeningSettings,
  { onTls }: Pick<Challenges, 'onTls'>,
): OpeningSettings | undefined {
  if (onTls) return { ...settings, looksAtName: true };
  return settings.acceptProxy || settings.negotiation !== undefined || settings.looksAtName ? settings : undefined;
}

/**
 * Reads the PROXY header of a load balancer, negotiates what the protocol negotiates, and looks at the ClientHello, which stays to be
 * read. Rejects when the client does something else; closing the socket makes it reject as well.
 */
export async function open(link: Link, { acceptProxy, negotiation, looksAtName }: OpeningSettings): Promise<Opened> {
  const conversation = new Conversation(link);
  const header = acceptProxy ? await readHeader(conversation) : undefined;
  if (negotiation !== undefined) await negotiateWithClient(negotiation.protocol, conversation);
  const hello = looksAtName
    ? await conversation.until((bytes) => {
        const found = readHello(bytes);
        return found.kind === 'need-more' ? undefined : { value: found, length: 0 };
      })
    : undefined;
  return { header, hello, early: conversation.release() };
}

function readHeader(conversation: Conversation): Promise<ProxyHeader> {
  return conversation.until((bytes) => {
    const found = decodeProxyHeader(bytes);
    if (found.kind === 'need-more') return undefined;
    if (found.kind === 'invalid') throw new Error(`no valid PROXY header came (acceptProxy): ${found.reason}`);
    return { value: found.header, length: found.length };
  });
}
