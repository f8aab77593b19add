import { randomBytes } from 'node:crypto';
import type { SecureContext } from 'node:tls';

/** A key's name, the key of its HMAC and that of its cipher: 16 bytes each, as in tls.Server.setTicketKeys. */
const PART = 16;
const NONE = Buffer.alloc(PART);

/** What OpenSSL is to do with a ticket (SSL_CTX_set_tlsext_ticket_key_cb(3)). */
const REFUSE = 0;
const ACCEPT = 1;
const ACCEPT_AND_RENEW = 2;

interface TicketHandle {
  enableTicketKeyCallback?(): void;
  onticketkeycallback?: (name: Buffer, iv: Buffer, encrypting: boolean) => readonly (number | Buffer)[];
}

/**
 * Session tickets are made with the first key, and those of the others are accepted and renewed. Node.js documents a single key
 * (tls.Server.setTicketKeys); this hook is older than that and is what its own tests renew tickets with. Returns false where
 * it does not exist: then tickets of the other keys are void, which costs their clients one full handshake.
 */
export function acceptOlderTickets(context: SecureContext, keys: readonly Buffer[]): boolean {
  const handle = context.context as TicketHandle;
  const [current] = keys;
  if (current === undefined || typeof handle.enableTicketKeyCallback !== 'function') return false;
  const parts = keys.map((key) => ({
    name: key.subarray(0, PART),
    hmac: key.subarray(PART, 2 * PART),
    cipher: key.subarray(2 * PART, 3 * PART),
  }));
  const [first] = parts;
  handle.enableTicketKeyCallback();
  handle.onticketkeycallback = (name, _iv, encrypting) => {
    const key = encrypting ? first : parts.find((each) => each.name.equals(name));
    if (key === undefined) return [REFUSE, NONE, NONE];
    if (encrypting) return [ACCEPT, key.hmac, key.cipher, key.name, randomBytes(PART)];
    return [key === first ? ACCEPT : ACCEPT_AND_RENEW, key.hmac, key.cipher];
  };
  return true;
}
