/** TLS of the runtime this process runs on; apart from transport.ts because the router needs none of it. */
export { createTlsServer } from './node/tls-server.ts';
export { secureToServer } from './node/tls-client.ts';
export { acceptOlderTickets } from './node/ticket-keys.ts';
export { ask } from './node/ask.ts';
export { httpRequest, type HttpReply, type HttpRequest } from './node/http-client.ts';
