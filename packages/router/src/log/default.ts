import type { AccessRecord } from '../model/record.ts';
import { badRequest, endpointText } from '../sample/words.ts';

/**
 * The line of a frontend without a log option: who connected to what. HAProxy writes it when a request begins and we when
 * it ends; neither writes one for bytes that never became a request.
 */
export function defaultLog({ connection, frontendName, requestLine, stream }: AccessRecord): string | undefined {
  if (requestLine === badRequest) return undefined;
  // It is as old as the connection, and knows nothing of `http-request set-src`.
  const { client, destination } = connection.before ?? connection;
  // A unix socket has no client address, and HAProxy omits it.
  const from = client.address === '' ? '' : `from ${endpointText(client)} `;
  return `Connect ${from}to ${endpointText(destination)} (${frontendName}/${stream === true ? 'TCP' : 'HTTP'})`;
}
