/** Key exchange groups by their TLS numbers (IANA "TLS Supported Groups"), in OpenSSL's names. */
const groups: Readonly<Record<number, string>> = {
  0x17: 'secp256r1',
  0x18: 'secp384r1',
  0x19: 'secp521r1',
  0x1d: 'X25519',
  0x1e: 'X448',
  0x1_00: 'ffdhe2048',
  0x1_01: 'ffdhe3072',
  0x11_eb: 'SecP256r1MLKEM768',
  0x11_ec: 'X25519MLKEM768',
  0x11_ed: 'SecP384r1MLKEM1024',
};

/** The field of an SSL_SESSION (OpenSSL ssl_asn1.c) that holds the group: an INTEGER in the context tag 19. */
const KEX_GROUP = 0xb3;

/**
 * The group of a key exchange, read from the session that the runtime serializes: `getEphemeralKeyInfo` knows it at clients only.
 * Empty when it is not there: with a key exchange of RSA, or in another format.
 */
export function groupOf(session: Buffer | undefined): string {
  if (session === undefined || session[0] !== 0x30) return '';
  let offset = valueAt(session, 0)?.start ?? session.length;
  while (offset < session.length) {
    const field = valueAt(session, offset);
    if (field === undefined) return '';
    if (session[offset] === KEX_GROUP) return nameOf(session, field.start);
    offset = field.end;
  }
  return '';
}

/** Its fields in order: the version of the format, that of TLS, the cipher, the id, the master key. */
const ID = 3;
const MASTER_KEY = 4;

/** What Node (24) puts before the session of a client: this, and the name of the server with its length in two bytes. */
const CLIENT = Buffer.from('\0nodejs:tls:session:1\0', 'latin1');

function bare(session: Buffer | undefined): Buffer | undefined {
  if (session?.subarray(0, CLIENT.length).equals(CLIENT) !== true) return session;
  const from = CLIENT.length + 2;
  return session.length < from ? undefined : session.subarray(from + session.readUInt16BE(CLIENT.length));
}

/** The id and the master key of a session. */
export function secretsIn(written: Buffer | undefined): {
  readonly id: Buffer | undefined;
  readonly key: Buffer | undefined;
} {
  const session = bare(written);
  const fields: Buffer[] = [];
  let offset = session?.[0] === 0x30 ? (valueAt(session, 0)?.start ?? session.length) : Infinity;
  while (session !== undefined && offset < session.length && fields.length <= MASTER_KEY) {
    const field = valueAt(session, offset);
    if (field === undefined) break;
    fields.push(session.subarray(field.start, field.end));
    offset = field.end;
  }
  return { id: fields[ID], key: fields[MASTER_KEY] };
}

function nameOf(session: Buffer, at: number): string {
  const value = session[at] === 2 ? valueAt(session, at) : undefined;
  if (value === undefined || value.end - value.start > 4) return '';
  const number = session.readUIntBE(value.start, value.end - value.start);
  return groups[number] ?? `group ${number}`;
}

/** Where the contents of the DER element at `offset` are; undefined beyond the end. */
function valueAt(bytes: Buffer, offset: number): { readonly start: number; readonly end: number } | undefined {
  const first = bytes[offset + 1];
  if (first === undefined) return undefined;
  const size = first < 128 ? 0 : first & 127;
  if (size > 3 || offset + 2 + size > bytes.length) return undefined;
  const length = size === 0 ? first : bytes.readUIntBE(offset + 2, size);
  const start = offset + 2 + size;
  return start + length > bytes.length ? undefined : { start, end: start + length };
}
