/** The twelve bytes every version 2 header starts with: no other protocol does. */
export const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** Signature, version and command, family and transport, length. */
export const fixedLength = 16;

/** Address bytes of one endpoint pair: 4+4+2+2, 16+16+2+2, 108+108 (spec §2.2). */
export const addressLength = { inet: 12, inet6: 36, unix: 216 } as const;
