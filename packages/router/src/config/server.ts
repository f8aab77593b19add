import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { readAddress } from './address.ts';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Context } from './directive.ts';
import type { ServerContext } from './server-words.ts';
import type { ProxyDraft } from './draft.ts';
import type { ServerParameters } from './server-draft.ts';
import { SERVER_PARAMETERS } from './server-parameters.ts';
import type { Server } from '../model/snapshot.ts';
import { SERVER_NOT_YET, notSupported } from '../model/vocabulary.ts';

interface ServerPlace {
  readonly address: Server['address'];
  readonly relative: Server['relative'];
}

/** The address of a server. Names are looked up when the configuration takes effect, not here; what is missing is what the client connected to. */
export function readServerAddress(written: Word, context: Context): ServerPlace | undefined {
  const { problems } = context;
  const found = readAddress(written, context, { offsets: true });
  if (found === undefined) return undefined;
  const { word, address } = found;
  if (address.kind === 'unix') return { address, relative: undefined };
  if (address.kind === 'error') problems.error(word.at, address.message);
  else if (address.last !== undefined) problems.error(word.at, 'a server has one port, not a range');
  else {
    // As in HAProxy port 0 is no port.
    const port = (address.port === undefined || address.port === 0) && !isService(address.host);
    const host = ['', '::', '0.0.0.0'].includes(address.host);
    const relative = port || host ? { host, port } : undefined;
    return { address: { kind: 'tcp', host: address.host, port: address.port ?? address.offset ?? 0 }, relative };
  }
  return undefined;
}

/** As in HAProxy a name that begins with an underscore is that of an SRV record, which has the port. */
function isService(host: string): boolean {
  return host.startsWith('_');
}

/** What the server lines of a proxy are read with: expressions are evaluated when a request, or in mode tcp a connection, has its server. */
export function contextFor({ scope }: ProxyDraft, context: Context): ServerContext {
  return { ...context, expressions: { ...scope.expressions, phase: scope.requestPhase } };
}

/** Reads the rest of a `server` or `default-server` line into `parameters`. */
export function readServerParameters(cursor: Cursor, parameters: ServerParameters, context: ServerContext): void {
  const { problems } = context;
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    const parameter = Object.hasOwn(SERVER_PARAMETERS, word.text) ? SERVER_PARAMETERS[word.text] : undefined;
    if (parameter !== undefined) parameter.apply(parameters, cursor, context);
    else {
      if (SERVER_NOT_YET.includes(word.text)) problems.error(word.at, notSupported(`server … ${word.text}`));
      else
        problems.error(
          word.at,
          `unknown parameter '${word.text}' of 'server'`,
          nearest(word.text, [...Object.keys(SERVER_PARAMETERS), ...SERVER_NOT_YET]),
        );
      cursor.rest();
    }
  }
}
