import type { Word } from '@headgate/shared/config/raw';
import type { Problems } from '@headgate/shared/config/problem';
import { TOKEN } from '../http/token.ts';

/** Fields that frame a message or are hop-by-hop: a recipient that reads them differently reads a different message. */
const INSTEAD: Readonly<Record<string, string>> = {
  'content-length': 'the router frames messages itself',
  'transfer-encoding': 'the router frames messages itself',
  content_length: 'some servers take it for Content-Length',
  transfer_encoding: 'some servers take it for Transfer-Encoding',
  trailer: 'it announces the trailers of a body, which is forwarded unchanged',
  connection: "the router sets it itself; 'option httpclose' and 'option http-server-close' close connections",
  'keep-alive': "the router sets it itself; 'timeout http-keep-alive' says how long a connection is kept",
  'proxy-connection': 'the router sets Connection itself',
  upgrade: "it passes with its handshake; 'http-request deny if { hdr(Upgrade) -m found }' refuses one",
  te: 'the router sets it itself',
  expect: 'the router answers or passes it itself',
  'max-forwards': 'the router counts it down itself',
};
/** These are always removed when a message is forwarded, so removing them by a rule is harmless. */
const GONE: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'te']);

/** Fields of one connection, which the router writes itself whatever rules say: setting one changes nothing. */
const OWN: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade']);

/** Fields that no rule may change, in lower case. */
export function isProtected(name: string): boolean {
  return Object.hasOwn(INSTEAD, name);
}

/** A header name that rules may write; reports what is wrong with it. */
export function checkHeaderName(name: Word, problems: Problems): boolean {
  const lower = name.text.toLowerCase();
  if (!TOKEN.test(lower)) problems.error(name.at, `'${name.text}' is not a header name`);
  else if (isProtected(lower)) problems.error(name.at, `'${name.text}' cannot be changed: ${INSTEAD[lower] ?? ''}`);
  else return true;
  return false;
}

/** Whether a rule that gives this header a value is passed over, which a warning says: as it is copied from configurations of nginx. */
export function isPassedOver(name: Word, problems: Problems): boolean {
  const lower = name.text.toLowerCase();
  if (!OWN.has(lower)) return false;
  problems.warning(name.at, `giving '${name.text}' a value has no effect: ${INSTEAD[lower] ?? ''}`);
  return true;
}

/**
 * A header name that rules may change where it is; reports what is wrong with it. What cannot be a name is found in no message: a warning, as HAProxy
 * takes `^Server:.*`, which was a regular expression in its `rspidel`.
 */
export function checkSoughtName(name: Word, problems: Problems): boolean {
  if (TOKEN.test(name.text)) return checkHeaderName(name, problems);
  const meant = /^\^?([\w-]+):/.exec(name.text)?.[1];
  problems.warning(name.at, `no header is named '${name.text}': this rule never finds one`, meant);
  return true;
}

/** A header name that rules may remove; reports what is wrong with it. */
export function checkRemovedName(name: Word, problems: Problems): boolean {
  const lower = name.text.toLowerCase();
  if (!GONE.has(lower)) return checkSoughtName(name, problems);
  problems.warning(name.at, `removing '${name.text}' has no effect: it never passes from one connection to the next`);
  return true;
}
