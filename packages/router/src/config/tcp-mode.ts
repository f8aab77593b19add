/** What a proxy in mode tcp has no use for, and what must agree with it. */
import type { Problems } from '@headgate/shared/config/problem';
import type { Section, Word } from '@headgate/shared/config/raw';
import type { LogFormat } from '../model/snapshot.ts';
import type { ProxyDraft, Settings } from './draft.ts';

/** Keywords, and options by their names, that are about requests and responses. HAProxy ignores them in mode tcp, with a warning. */
export const HTTP_ONLY: ReadonlySet<string> = new Set([
  'capture',
  'compression',
  'cookie',
  'engine',
  'errorfile',
  'errorfiles',
  'errorloc',
  'errorloc302',
  'errorloc303',
  'http-after-response',
  'http-error',
  'http-request',
  'http-response',
  'http-reuse',
  'http-send-name-header',
  'monitor',
  'monitor-uri',
  'redirect',
  'sticky',
  'unique-id-format',
  'unique-id-header',
  'websocket',
  'option forwardfor',
  'option http-buffer-request',
  'option http-ignore-probes',
  'option http-keep-alive',
  'option http-pretend-keepalive',
  'option http-server-close',
  'option httpclose',
  'option originalto',
]);

export const WHY_NOT_HTTP = 'mode tcp passes bytes, and reads no request';

/** HAProxy falls back to tcplog where a frontend in mode tcp has a format for requests. */
export function logFormatOf({ mode, logFormat = 'default' }: Settings): LogFormat {
  return mode === 'tcp' && (logFormat === 'httplog' || logFormat === 'httplog-clf') ? 'tcplog' : logFormat;
}

/** A frontend and its backends carry the same. */
export function checkModes(front: ProxyDraft, back: ProxyDraft, reference: Word, problems: Problems): void {
  const [own, other] = [front.settings.mode ?? 'http', back.settings.mode ?? 'http'];
  if (own === other) return;
  problems.error(
    reference.at,
    `'${front.name}' is in mode ${own} and its backend '${back.name}' in mode ${other}: write the same mode in both`,
  );
}

/** The mode that a section has in the end: its rules are compiled for it, wherever its line is. */
export function modeOf({ statements }: Section, { mode }: Settings): 'http' | 'tcp' {
  const own = statements.findLast(({ words }) => words[0].text === 'mode')?.words[1]?.text;
  return own === 'tcp' || own === 'http' ? own : (mode ?? 'http');
}
