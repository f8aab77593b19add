/** What a proxy in mode tcp has no use for, and what must agree with it. */
import type { Problems } from '@headgate/shared/config/problem';
import type { Section, Statement, Word } from '@headgate/shared/config/raw';
import type { LogFormat, Proxy } from '../model/snapshot.ts';
import { phases } from '../sample/phase.ts';
import { indexed } from '../rules/rule-index.ts';
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
/** Whether lines of its own formats have the addresses of connections to servers. */
export function logsServerEnds({ logFormat, logStructured }: Settings): boolean {
  const own = typeof logFormat === 'object' ? logFormat.reads : [];
  return [...own, ...(logStructured?.reads ?? [])].includes('server-tls');
}

export function logFormatOf({ mode, logFormat = 'default' }: Settings): LogFormat {
  return mode === 'tcp' && (logFormat === 'httplog' || logFormat === 'httplog-clf') ? 'tcplog' : logFormat;
}

/** A connection in mode tcp becomes one of mode http where its backend is; the reverse is impossible. */
export function checkModes(front: ProxyDraft, back: ProxyDraft, reference: Word, problems: Problems): void {
  if (front.settings.mode !== 'http' || back.settings.mode !== 'tcp') return;
  problems.error(
    reference.at,
    `'${front.name}' is in mode http and its backend '${back.name}' in mode tcp: requests need a backend in mode http`,
  );
}

/** Rules of a section in mode tcp see bytes; where one of them switches connections to mode http, others see requests. */
export function followMode(section: Section, { scope, settings }: ProxyDraft): void {
  if (modeOf(section, settings) !== 'tcp') return;
  scope.requestPhase = phases.stream;
  scope.switches = section.statements.some(
    ({ words: [keyword, stage, action] }) =>
      keyword.text === 'tcp-request' && stage?.text === 'content' && action?.text === 'switch-mode',
  );
}

/**
 * A section without `mode` anywhere is in mode tcp in a haproxy.cfg, as in HAProxy, and in mode http in YAML.
 * Few expect that HAProxy then ignores what is about requests: a warning says so.
 */
export function implyMode(section: Section, draft: ProxyDraft, problems: Problems): void {
  const { kind, statements, dialect } = section;
  if (modeOf(section, draft.settings) !== undefined) return;
  // An invalid mode is reported where it is written, and not once more by what does not fit it.
  const isWrong = statements.some(({ words }) => words[0].text === 'mode');
  draft.settings.mode = dialect === 'yaml' || isWrong ? 'http' : 'tcp';
  if (draft.settings.mode === 'http') return;
  const idle = statements.map(nameOf).find((name) => HTTP_ONLY.has(name));
  if (idle !== undefined)
    problems.warning(
      draft.at,
      `${kind} '${draft.name}' has no 'mode', which means tcp, and '${idle}' needs http: write 'mode http'`,
    );
}

function nameOf({ words: [keyword, option] }: Statement): string {
  return keyword.text === 'option' ? `option ${option?.text ?? ''}` : keyword.text;
}

/** The mode that a section has in the end: its rules are compiled for it, wherever its line is. */
export function modeOf({ statements }: Section, { mode }: Settings): Settings['mode'] {
  const own = statements.findLast(({ words }) => words[0].text === 'mode')?.words[1]?.text;
  return own === 'tcp' || own === 'http' ? own : mode;
}

/** HAProxy falls back to turns where there are no requests to hash. */
export function needsRequest({ balance: chosen }: Settings): boolean {
  return chosen !== undefined && ['uri', 'hdr', 'url_param'].includes(chosen.name);
}

/** An index reads what rules read before they are asked; in mode tcp that may have to be waited for. */
export function contentRules({ contentRules: rules, settings }: ProxyDraft): Proxy['contentRules'] {
  return settings.mode === 'tcp' ? rules : indexed(rules);
}
