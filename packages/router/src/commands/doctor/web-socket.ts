import type { Position } from '@headgate/shared/config/raw';
import type { Findings } from '@headgate/shared/doctor/finding';
import { upgrade, type Introduction } from '@headgate/shared/doctor/http';
import type { Place, Secured } from '@headgate/shared/doctor/talk';

/** Where a WebSocket is tried. */
export interface Handshake {
  readonly subject: string;
  readonly at: Position;
  readonly place: Place;
  /** The Host field to ask with. */
  readonly name: string;
  readonly path: string;
  /** The PROXY header to send. */
  readonly introduction: Introduction;
  /** A connection to use, of a server that speaks TLS. */
  readonly over?: Secured;
}

/** `does`: how the subject takes part when it works: `opens a`. `advice`: what to do when it does not. */
export async function examineWebSocket(
  { subject, at, place, name, path, introduction, over }: Handshake,
  { does, advice }: { readonly does: string; readonly advice: string },
  findings: Findings,
): Promise<void> {
  const { status, accepted } = await upgrade(place, name, path, introduction, over);
  if (accepted) findings.ok(subject, `${does} WebSocket at ${path}`, at);
  else
    findings.add(
      'warning',
      subject,
      `answers the WebSocket handshake at ${path} with ${status || 'nothing'}`,
      advice,
      at,
    );
}
