import { bytesOfRequest, type AccessRecord } from '../model/record.ts';

/** Longest request target, host and user agent in a line: clients control all of them. */
const longest = 1023;

/**
 * One JSON object per request. The keys are part of the public interface and listed in docs/logs.md;
 * keys without a value (unknown TLS facts) are omitted.
 */
export function jsonLog(r: AccessRecord): string {
  const { client, peer, proxied, tls } = r.connection;
  const [method, target, version] = requestParts(r.requestLine);
  return JSON.stringify({
    time: new Date(r.acceptedAt).toISOString(),
    client: client.address,
    client_port: client.port,
    peer: peer.address,
    peer_port: peer.port,
    proxied,
    frontend: r.frontendName,
    backend: r.backendName,
    server: r.serverName,
    method,
    host: readable(r.host)?.slice(0, longest),
    target: readable(target)?.slice(0, longest),
    version,
    user_agent: fact(r.userAgent)?.slice(0, longest),
    request_id: fact(r.uniqueId),
    status: r.status,
    termination: r.termination,
    bytes_to_client: r.bytesToClient,
    bytes_from_client: bytesOfRequest(r),
    request_ms: r.requestTime,
    queue_ms: r.queueTime,
    connect_ms: r.connectTime,
    response_ms: r.responseTime,
    active_ms: r.activeTime,
    actconn: r.actconn,
    feconn: r.feconn,
    beconn: r.beconn,
    srvconn: r.srvconn,
    retries: r.retries,
    redispatched: r.redispatched,
    server_queue: r.serverQueue,
    backend_queue: r.backendQueue,
    request_captures: some(r.captures?.request),
    response_captures: some(r.captures?.response),
    request_cookie: readable(r.captures?.requestCookie),
    response_cookie: readable(r.captures?.responseCookie),
    tls_version: fact(tls?.version),
    tls_cipher: fact(tls?.cipher),
    tls_sni: fact(tls?.sni),
    tls_alpn: fact(tls?.alpn),
    tls_client_name: fact(tls?.clientName),
  });
}

/** Captured values in the order of their slots, null where there is none. */
function some(values: readonly (string | undefined)[] | undefined): readonly (string | null)[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values.map((value) => readable(value) ?? null);
}

function fact(text: string | undefined): string | undefined {
  return text === '' ? undefined : readable(text);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes that came over the network, one in each character: as UTF-8 where they are that, or else as they are. */
function readable(text: string | undefined): string | undefined {
  // oxlint-disable-next-line no-control-regex -- what is no ASCII
  if (text === undefined || !/[^\x00-\x7f]/.test(text)) return text;
  try {
    return UTF8.decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

/** Method, target and version of a well-formed request line; nothing otherwise. */
function requestParts(requestLine: string): readonly [method?: string, target?: string, version?: string] {
  const first = requestLine.indexOf(' ');
  const last = requestLine.lastIndexOf(' ');
  if (first < 0 || first === last) return [];
  return [requestLine.slice(0, first), requestLine.slice(first + 1, last), requestLine.slice(last + 1)];
}
