/** TLS to servers, of the runtime this process runs on; it is loaded with the first of them. */
export { HANDSHAKE_FAILED, WRONG_NAME, dialSecure } from './node/secure-dial.ts';
export { systemAuthorities, tlsClient } from './node/tls-settings.ts';
