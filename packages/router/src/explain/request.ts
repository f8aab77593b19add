import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { argumentError } from '@headgate/shared/process/argument-error';
import { writtenRequest } from '../http/written-request.ts';
import type { RequestFacts, TlsFacts } from '../model/facts.ts';
import type { GivenResponse } from './response.ts';
import { looksLikeUrl, readUrl } from './url.ts';

export const USAGE = `usage: headgate-router explain [-f FILE] [options] [URL]
Prints the rules a request passes, frontend by frontend, and the outcome. Nothing is started or sent.
  -f, --file FILE       configuration file; may be repeated
  URL                   https://www.example.org/path is --tls --host www.example.org --path /path; ws: and wss: request
                        a WebSocket; options override it
  --host NAME           the Host header
  --path TARGET         the request target (default: /)
  -X, --method METHOD   the method (default: GET)
  -H, --header 'N: V'   additional header; may be repeated
  -d, --data TEXT       the body; with it the method is POST unless -X says otherwise
  --user NAME:PASSWORD  credentials of basic authentication
  --src ADDRESS         the client address (default: 127.0.0.1)
  --peer ADDRESS        the TCP peer (default: the client, or 127.0.0.1 with --proxied or --tls)
  --proxied             a PROXY header was received
  --tls                 a PROXY header with TLS details was received
  --status N            the server answers with this status: what the rules make of its response is shown too
  --response-header 'N: V'  a header of that response; may be repeated
  --frontend NAME       only this frontend
  --format text|json    output format (default: text)
  --live ID             instead: which rules led a session of the running router where it is (ids: ctl show sess);
                        -s SOCKET names its control socket when the configuration does not
`;

/** The headers of a WebSocket handshake (RFC 6455 section 4.1). */
const WEB_SOCKET = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** The parsed command line of `explain`. */
export interface Question {
  readonly files: readonly string[];
  readonly frontend: string | undefined;
  readonly facts: RequestFacts;
  readonly format: 'text' | 'json';
  /** The response of the server, where one is given. */
  readonly response: GivenResponse | undefined;
}

/** Parses the arguments; a string is an error message. */
export function readQuestion(args: readonly string[]): Question | string {
  const parsed = parse(args);
  if (typeof parsed === 'string') return parsed;
  const { values, positionals } = parsed;
  const [address, ...more] = positionals.filter(looksLikeUrl);
  if (more.length > 0) return 'only one URL can be explained at a time';
  const url = address === undefined ? undefined : readUrl(address);
  if (typeof url === 'string') return url;
  const {
    host = url?.host,
    path = url?.target ?? '/',
    method = values.data === undefined ? 'GET' : 'POST',
    src = '127.0.0.1',
    frontend,
  } = values;
  const { format = 'text' } = values;
  if (format !== 'text' && format !== 'json') return `--format is text or json, not '${format}'`;
  const login =
    values.user === undefined ? [] : [`Authorization: Basic ${Buffer.from(values.user).toString('base64')}`];
  const header = [...(url?.webSocket === true ? WEB_SOCKET : []), ...login, ...(values.header ?? [])];
  const overTls = values.tls ?? url?.tls ?? false;
  const proxied = values.proxied === true || overTls || (values.peer !== undefined && values.peer !== src);
  const peer = values.peer ?? (proxied ? '127.0.0.1' : src);
  const wrong = [src, peer].find((address) => isIP(address) === 0);
  if (wrong !== undefined) return `'${wrong}' is not an address`;
  const headers = new Map<string, string[]>(host === undefined ? [] : [['host', [host]]]);
  for (const line of header) {
    const [, name, value] = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return `'${line}' is not of the form 'Name: value'`;
    const lines = headers.get(name.toLowerCase());
    if (lines === undefined) headers.set(name.toLowerCase(), [value]);
    else lines.push(value);
  }
  const here = { address: '127.0.0.1', port: url?.port ?? (overTls ? 443 : 80) };
  const client = { address: src, port: 40_000 };
  const tls: TlsFacts | undefined = overTls
    ? {
        version: 'TLSv1.3',
        cipher: '',
        sni: url?.sni ?? host?.replace(/:\d+$/, '') ?? '',
        alpn: 'http/1.1',
        clientName: '',
      }
    : undefined;
  const connection = {
    peer: { address: peer, port: 40_000 },
    local: here,
    client,
    destination: here,
    proxied,
    tls,
  };
  const fields = [...headers].flatMap(([name, lines]) =>
    lines.map((value): readonly [string, string] => [name, value]),
  );
  const facts = writtenRequest(connection, {
    method,
    target: path,
    fields,
    ...(values.data === undefined ? {} : { body: values.data }),
  });
  const response = responseOf(values.status, values['response-header'] ?? []);
  if (typeof response === 'string') return response;
  const files = [...(values.file ?? []), ...positionals.filter((word) => !looksLikeUrl(word))];
  return { files, frontend, facts, format, response };
}

function responseOf(status: string | undefined, lines: readonly string[]): GivenResponse | string | undefined {
  if (status === undefined) return lines.length === 0 ? undefined : '--response-header needs --status';
  if (!/^[2-5]\d\d$/.test(status)) return `'${status}' is not a status: 200 to 599`;
  const headers: (readonly [string, string])[] = [];
  for (const line of lines) {
    const [, name, value] = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return `'${line}' is not of the form 'Name: value'`;
    headers.push([name, value]);
  }
  return { status: Number(status), headers };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        file: { type: 'string', short: 'f', multiple: true },
        host: { type: 'string' },
        path: { type: 'string' },
        method: { type: 'string', short: 'X' },
        header: { type: 'string', short: 'H', multiple: true },
        data: { type: 'string', short: 'd' },
        status: { type: 'string' },
        'response-header': { type: 'string', multiple: true },
        user: { type: 'string' },
        src: { type: 'string' },
        peer: { type: 'string' },
        proxied: { type: 'boolean' },
        tls: { type: 'boolean' },
        frontend: { type: 'string' },
        format: { type: 'string' },
      },
    });
  } catch (error) {
    return argumentError(error);
  }
}
