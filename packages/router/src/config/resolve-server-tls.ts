/** From what is written of TLS to a server to what its connections are made with. */
import { constants } from 'node:crypto';
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import type { TlsClient, TlsClientSettings } from '@headgate/shared/net/link';
import { tlsClient } from '@headgate/shared/net/secure-client';
import { combined, ignoresExclusions, nodeName, rangeOf } from '@headgate/shared/tls/versions';
import type { CheckTls, ServerTls } from '../model/server.ts';
import type { GlobalDraft, Settings } from './draft.ts';
import type { ServerDraft } from './server-draft.ts';
import type { TlsDraft, TlsRange } from './tls-draft.ts';

/** The TLS of a server's traffic and of its checks. */
export interface ResolvedTls {
  readonly traffic: ServerTls | undefined;
  readonly checks: CheckTls | undefined;
  /** Where it is off: how it would be, were it on. As in HAProxy the default-server has to say `ssl`. */
  readonly ready: ServerTls | undefined;
}

const NONE: ResolvedTls = { traffic: undefined, checks: undefined, ready: undefined };

export function tlsOf(draft: ServerDraft, settings: Settings, global: GlobalDraft, problems: Problems): ResolvedTls {
  const { parameters } = draft;
  const tls = parameters.tls ?? {};
  const scripted = parameters.check === true && asksForTls(settings);
  if (tls.ssl !== true && tls.wasOn !== true && tls.check !== true && !scripted) return NONE;
  const client = clientOf(draft, tls, global, problems);
  if (client === undefined) return NONE;
  const http = settings.mode !== 'tcp';
  const alpn = protocols(tls.alpn, http, problems);
  const secure: ServerTls = { client, sni: tls.sni, alpn };
  const apart = checkedApart(parameters);
  return {
    traffic: tls.ssl === true ? secure : undefined,
    ready: tls.ssl !== true && tls.wasOn === true ? secure : undefined,
    checks: {
      client,
      // HAProxy: as the traffic, unless checks go elsewhere or a command adds the server.
      always: tls.check ?? (tls.ssl === true && !apart),
      sni: tls.checkSni ?? '',
      alpn: tls.checkAlpn === undefined ? alpn : protocols(tls.checkAlpn, false, problems),
    },
  };
}

/** Its checks go to another address than its traffic, or a command adds it: they take neither TLS nor PROXY headers over from its traffic. */
export function checkedApart({ checkedApart, checkPort, checkHost, checkPath }: ServerDraft['parameters']): boolean {
  return checkedApart === true || checkPort !== undefined || checkHost !== undefined || checkPath !== undefined;
}

/** A `connect` of the checks says `ssl`. */
function asksForTls({ tcpCheck, httpCheck }: Settings): boolean {
  return [tcpCheck, httpCheck].some((lines) => lines?.lines.some(({ step }) => step.kind === 'connect' && step.ssl));
}

function clientOf(draft: ServerDraft, tls: TlsDraft, global: GlobalDraft, problems: Problems): TlsClient | undefined {
  const { name, at } = draft;
  const verify = (tls.verify ?? global.serverTls?.verify ?? 'required') === 'required';
  if (verify && tls.ca === undefined) {
    problems.error(
      at,
      `server '${name}' has no 'ca-file' to verify its certificate with: write 'ca-file FILE' or 'ca-file @system-ca', or 'verify none' where the network can be trusted`,
    );
    return undefined;
  }
  const versions = versionsOf(draft, tls, global.serverTls?.range ?? {}, problems);
  if (versions === undefined) return undefined;
  const ciphers = tls.ciphers ?? global.serverTls?.ciphers;
  const suites = tls.suites ?? global.serverTls?.suites;
  const settings: TlsClientSettings = {
    ca: verify ? (tls.ca?.items ?? []) : [],
    crl: verify ? (tls.crl?.items ?? []) : [],
    identity: tls.identity === undefined ? undefined : { cert: tls.identity.cert, key: tls.identity.key },
    ciphers: ciphers?.text,
    suites: suites?.text,
    ...versions,
    verify,
    verifyName: tls.verifyName,
    resume: tls.resume ?? true,
  };
  try {
    return tlsClient(settings);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const culprit = /CIPHER/.test(code) ? (ciphers ?? suites) : (tls.identity?.word ?? tls.crl?.word);
    const why = error instanceof Error ? error.message : String(error);
    problems.error(
      (culprit ?? { at }).at,
      `OpenSSL refuses ${culprit === undefined ? 'the TLS of this server' : `'${culprit.text}'`}: ${why}`,
    );
    return undefined;
  }
}

const OFF = {
  TLSv1: constants.SSL_OP_NO_TLSv1,
  'TLSv1.1': constants.SSL_OP_NO_TLSv1_1,
  'TLSv1.2': constants.SSL_OP_NO_TLSv1_2,
  'TLSv1.3': constants.SSL_OP_NO_TLSv1_3,
} as const;

/** A server that asks for another handshake, again and again, would keep us computing. */
const NO_RENEGOTIATION = constants.SSL_OP_NO_RENEGOTIATION;

function versionsOf(
  { name, at }: ServerDraft,
  tls: TlsRange,
  usual: TlsRange,
  problems: Problems,
): Pick<TlsClientSettings, 'minVersion' | 'maxVersion' | 'options'> | undefined {
  const words = combined(tls, usual);
  if (ignoresExclusions(words))
    problems.warning(at, `server '${name}': no-tlsv1x have no effect beside ssl-min-ver, ssl-max-ver and force-tlsv1x`);
  const silent = words.max === undefined && words.without?.length === 0;
  const range = rangeOf(words, silent ? 'TLSv1.2' : 'TLSv1.0');
  if (range === undefined) {
    problems.error(
      at,
      `server '${name}' may speak no version of TLS: ssl-min-ver, ssl-max-ver and no-tlsv1x exclude them all`,
    );
    return undefined;
  }
  const holes = range.holes.reduce((sum, version) => sum | OFF[nodeName(version)], 0);
  const tickets = (tls.tickets ?? usual.tickets ?? true) ? 0 : constants.SSL_OP_NO_TICKET;
  const [minVersion, maxVersion] = [nodeName(range.min), nodeName(range.max)];
  return { minVersion, maxVersion, options: holes | tickets | NO_RENEGOTIATION };
}

/** `alpn h2,http/1.1`. Over a connection on which HTTP/2 was agreed, HTTP/1 would be refused. */
function protocols(written: Word | undefined, http: boolean, problems: Problems): readonly string[] {
  const all = written?.text.split(',').filter((name) => name !== '') ?? [];
  if (written === undefined || !http) return all;
  const left = all.filter((name) => !name.startsWith('http/'));
  if (left.length > 0)
    problems.warning(written.at, `'${left.join(',')}' is not offered: servers are spoken to in HTTP/1.1`);
  return left.length === all.length ? ['http/1.1'] : all.filter((name) => name.startsWith('http/'));
}
