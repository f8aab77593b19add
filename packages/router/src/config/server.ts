import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { readAddress } from './address.ts';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Context } from './directive.ts';
import type { ServerParameters } from './draft.ts';
import { SERVER_PARAMETERS } from './server-parameters.ts';
import type { Server } from '../model/snapshot.ts';
import { SERVER_NOT_YET, notSupported } from '../model/vocabulary.ts';

/** The address of a server. Names are resolved when connecting, not here. */
export function readServerAddress(written: Word, context: Context): Server['address'] | undefined {
  const { problems } = context;
  const found = readAddress(written, context);
  if (found === undefined) return undefined;
  const { word, address } = found;
  if (address.kind === 'unix') return address;
  if (address.kind === 'error')
    problems.error(
      word.at,
      /:\+|:-/.test(word.text) ? "not supported yet: a server port relative to the client's" : address.message,
    );
  else if (address.host === '' || address.host === '::')
    problems.error(word.at, "not supported yet: a server address '*' (connecting to where the client meant to go)");
  else if (address.port === undefined)
    problems.error(
      word.at,
      `not supported yet: a server without a port (HAProxy takes the client's); write ${word.text}:80`,
    );
  else if (address.port === 0) problems.error(word.at, 'a server cannot have port 0');
  else if (address.last !== undefined) problems.error(word.at, 'a server has one port, not a range');
  else return { kind: 'tcp', host: address.host, port: address.port };
  return undefined;
}

/** Reads the rest of a `server` or `default-server` line into `parameters`. */
export function readServerParameters(cursor: Cursor, parameters: ServerParameters, context: Context): void {
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
