/** Whether a response may be compressed, and by what (RFC 9110 §12.5.3), under HAProxy's conditions. Pure. */
import type { Algorithm, Compression } from '../model/compression.ts';
import type { HeadEdits } from './head-edits.ts';
import type { ResponseHead } from './response-head.ts';

type Lines = (name: string) => readonly string[];

/** What Accept-Encoding and Content-Encoding call them. */
const CODINGS: Readonly<Record<Algorithm, string>> = {
  identity: 'identity',
  gzip: 'gzip',
  deflate: 'deflate',
  'raw-deflate': 'deflate',
  br: 'br',
  zstd: 'zstd',
};

const ITEM = /^([!#$%&'*+.^_`|~0-9A-Za-z-]*)((?:[ \t]*;[^;]*)*)$/;

/** A weight in thousandths (RFC 9110 §12.4.2); without one 1000. */
function weightOf(parameters: string): number {
  const [, whole, digits = ''] = /;[ \t]*q=(\d)?(?:\.(\d{0,3}))?/i.exec(parameters) ?? [];
  if (whole === undefined) return parameters.includes('q=') ? 0 : 1000;
  return whole === '0' ? Number(digits.padEnd(3, '0')) : 1000;
}

/** The algorithm that a client prefers, of those that are offered; `identity` needs no word of the client. */
export function chosenAlgorithm(offered: readonly Algorithm[], header: Lines): Algorithm | undefined {
  const [agent = ''] = header('user-agent');
  if (isOldBrowser(agent)) return undefined;
  let best: Algorithm | undefined;
  let weight = 0;
  for (const item of header('accept-encoding').flatMap((line) => line.split(','))) {
    const [, coding = '', parameters = ''] = ITEM.exec(item.trim()) ?? [];
    const own = weightOf(parameters);
    if (own <= weight) continue;
    const found = offered.find((one) => coding === '*' || CODINGS[one] === coding.toLowerCase());
    if (found !== undefined) [best, weight] = [found, own];
  }
  return best ?? offered.find((one) => one === 'identity');
}

/** As HAProxy has it: Netscape 4 and Internet Explorer before the second service pack of XP say that they can and cannot. */
function isOldBrowser(agent: string): boolean {
  if (!agent.startsWith('Mozilla/4')) return false;
  if (agent.slice(25, 30) !== 'MSIE ' || agent.length < 31) return true;
  const version = agent.charAt(30);
  return version < '6' || (version === '6' && agent.slice(51, 54) !== 'SV1');
}

const STATUSES: ReadonlySet<number> = new Set([200, 201, 202, 203]);

/** True when this response may be compressed: of known length, a success, not coded or excepted, and of a type that is asked for. */
export function mayCompress(head: ResponseHead, header: Lines, { types }: Compression): boolean {
  const { status, version, framing, contentLength } = head;
  if (version !== '1.1' || !STATUSES.has(status)) return false;
  if (framing !== 'chunked' && (framing !== 'length' || contentLength === 0)) return false;
  if (header('content-encoding').length > 0 || header('transfer-encoding').length > 1) return false;
  if (header('cache-control').some((line) => /(?:^|,)[ \t]*no-transform[ \t]*(?:,|$)/i.test(line))) return false;
  const tags = header('etag');
  if (tags.length > 1 || tags.some((line) => !/^(?:W\/)?"[^"]*"$/.test(line))) return false;
  const [type] = header('content-type');
  if (type === undefined) return types.length === 0;
  const lower = type.toLowerCase();
  return !lower.startsWith('multipart') && (types.length === 0 || types.some((one) => lower.startsWith(one)));
}

/** Bytes that the longest of the lines below add, and the mark of one weak tag. */
const ADDED = 'transfer-encoding: chunked\r\ncontent-encoding: identity\r\nvary: Accept-Encoding\r\n'.length;
const WEAK = 'W/'.length;

/** Makes the head that of a compressed response. False when it does not fit: then it stays as it is, with its own framing. */
export function announceCompression(edits: HeadEdits, algorithm: Algorithm): boolean {
  if (!edits.fits(ADDED + WEAK * edits.values('etag').length)) return false;
  edits.removeWhere((name) => name === 'content-length' || name === 'transfer-encoding' || name === 'trailer');
  const weak = edits.replace('etag', (tag) => (tag.startsWith('"') ? `W/${tag}` : undefined));
  return (
    weak &&
    edits.add('transfer-encoding', 'chunked') &&
    (algorithm === 'identity' || edits.add('content-encoding', CODINGS[algorithm])) &&
    edits.add('vary', 'Accept-Encoding')
  );
}
