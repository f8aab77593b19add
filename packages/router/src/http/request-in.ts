import type { ConnectionFacts, RequestFacts } from '../model/facts.ts';
import { hasStrayBytes } from './fields.ts';
import { WireRequest } from './request-facts.ts';
import { parseRequestHead, type HeadLimits } from './request-head.ts';

const BEGINNING = /^[A-Z0-9!#$%&'*+\-.^_`|~]{1,40}(?: |$)/;

/**
 * The request that the bytes of a connection in mode tcp begin with, for rules that look for one. 'more': they may be the beginning of
 * its head; undefined: they are not, or it is one that mode http refuses. `text` is latin1. Pure.
 */
export function requestIn(
  text: string,
  connection: ConnectionFacts,
  limits: HeadLimits,
): RequestFacts | 'more' | undefined {
  if (text === '') return 'more';
  if (!BEGINNING.test(text)) return undefined;
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) {
    // The last byte may be half a line end.
    const known = text.endsWith('\r') ? text.slice(0, -1) : text;
    return hasStrayBytes(known) || text.length >= limits.maxHeadBytes ? undefined : 'more';
  }
  const head = parseRequestHead(text.slice(0, end + 4), limits);
  return 'refused' in head ? undefined : new WireRequest(connection, head);
}
