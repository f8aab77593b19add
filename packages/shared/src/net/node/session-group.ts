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
