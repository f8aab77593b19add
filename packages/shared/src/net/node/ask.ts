import { httpRequest } from './http-client.ts';

/** Sends a body to a URL and resolves with the answer of status 200. Both the wait (milliseconds) and the answer (bytes) have a limit. */
export async function ask(
  url: string,
  body: Buffer,
  { type, patience, most }: { readonly type: string; readonly patience: number; readonly most: number },
): Promise<Buffer> {
  const reply = await httpRequest(url, { method: 'POST', headers: { 'Content-Type': type }, body, patience, most });
  if (reply.status !== 200) throw new Error(`status ${reply.status}`);
  return reply.body;
}
