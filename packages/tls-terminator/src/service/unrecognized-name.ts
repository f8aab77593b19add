/** The fatal alert unrecognized_name (RFC 6066 §3) in the clear, as it is sent before a ServerHello: a TLS record of two bytes. */
export const unrecognizedName = Buffer.from([21, 3, 3, 0, 2, 2, 112]);
