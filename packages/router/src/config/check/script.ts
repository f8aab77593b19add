/** Puts the check lines of a proxy together into the script that its checks follow. */
import type { Problems } from '@headgate/shared/config/problem';
import { expectResponse } from '../../checks/expect-http.ts';
import { NO_OPTIONS } from '../../checks/expect.ts';
import { requestBytes, USUAL_REQUEST } from '../../checks/request.ts';
import type { CheckRequest } from '../../checks/request.ts';
import { IMPLICIT_CONNECT } from '../../model/check.ts';
import type { Bind } from '../../model/bind.ts';
import type { CheckProgram, CheckScript, CheckStep, SendStep } from '../../model/check.ts';
import type { CheckLine, GlobalDraft, ProxyDraft, Settings } from '../draft.ts';

/** The script of a proxy's checks: a connection, unless an `option` says more. */
export function checkScript({ settings, binds }: ProxyDraft): CheckScript {
  const { checkKind, tcpCheck, httpCheck } = settings;
  switch (checkKind?.kind) {
    case 'protocol':
      return checkKind.script;
    case 'tcp-check':
      return { kind: 'tcp', steps: steps(tcpCheck?.lines ?? [], settings) };
    case 'httpchk':
      return {
        kind: 'http',
        steps: steps(withExpect(withRequest(httpCheck?.lines ?? [], httpCheck?.request)), settings),
      };
    case 'external':
      return { kind: 'protocol', steps: [], program: programOf(settings, binds) };
    case undefined:
      return { kind: 'connect', steps: steps([], settings) };
  }
}

function programOf({ external = {}, mode }: Settings, [first]: readonly Bind[]): CheckProgram {
  return {
    command: external.command?.text ?? '',
    path: external.path ?? '',
    proxy: first && placeOf(first.address),
    protocol: mode === 'tcp' ? 'tcp' : 'h1',
  };
}

function placeOf(address: Bind['address']): CheckProgram['proxy'] {
  return address.kind === 'unix' ? { host: address.path, port: undefined } : { host: address.host, port: address.port };
}

/** What programs of checks need: HAProxy's demands. */
export function checkExternal({ name, settings }: ProxyDraft, global: GlobalDraft, problems: Problems): void {
  const { checkKind, external } = settings;
  if (checkKind?.kind !== 'external') return;
  if (global.externalChecks !== true)
    problems.error(checkKind.at, `'option external-check' of '${name}' needs 'external-check' in 'global'`);
  if (external?.command === undefined)
    problems.error(checkKind.at, `'option external-check' of '${name}' needs 'external-check command'`);
  else if (!external.command.text.startsWith('/') && external.path === undefined)
    problems.error(
      external.command.at,
      `'${external.command.text}' is looked for nowhere: write its complete path, or 'external-check path FOLDERS'`,
    );
}

/** Without an `http-check send` the request of `option httpchk` is sent first, after the connection. */
function withRequest(lines: readonly CheckLine[], request: Partial<CheckRequest> = {}): readonly CheckLine[] {
  const first = lines.findIndex(({ step }) => step.kind === 'request');
  const expects = lines.findIndex(({ step }) => step.kind === 'expect');
  // The request of `option httpchk` comes before all expectations, also when `http-check send` completes it below one.
  if (first >= 0 && (expects < 0 || first < expects)) return lines;
  const line: CheckLine = lines[first] ?? { step: { kind: 'request', request }, comment: undefined };
  const others = lines.filter((other) => other !== line);
  const prefix = others.findIndex(
    ({ step }) => step.kind !== 'connect' && step.kind !== 'run' && step.kind !== 'comment',
  );
  const at = prefix < 0 ? others.length : prefix;
  return [...others.slice(0, at), line, ...others.slice(at)];
}

const USUAL_EXPECT: CheckLine = {
  step: expectResponse({ on: 'status', matches: (status) => status >= 200 && status < 400 }, NO_OPTIONS),
  comment: undefined,
};

/** HAProxy: a last request after which nothing is expected must be answered 2xx or 3xx. */
function withExpect(lines: readonly CheckLine[]): readonly CheckLine[] {
  const last = lines.findLastIndex(({ step }) => step.kind === 'request');
  return lines.slice(last).some(({ step }) => step.kind === 'expect') ? lines : [...lines, USUAL_EXPECT];
}

/** Numbers the lines as HAProxy does: every line counts, and a connection that was not written is step 0. */
function steps(lines: readonly CheckLine[], { sendState = false }: Settings): readonly CheckStep[] {
  const first = lines.find(({ step }) => step.kind !== 'run' && step.kind !== 'comment');
  const numbered: CheckStep[] = [];
  if (first?.step.kind !== 'connect')
    numbered.push({ ...IMPLICIT_CONNECT, number: 0, comment: undefined, remark: undefined });
  let heading: string | undefined;
  for (const [index, { step, comment }] of lines.entries()) {
    if (step.kind === 'comment') heading = comment;
    else {
      const place = { number: index + 1, comment, remark: comment ?? heading };
      numbered.push({ ...(step.kind === 'request' ? sending(step.request, sendState) : step), ...place });
      // A comment is about the next line only.
      heading = undefined;
    }
  }
  return numbered;
}

function sending(given: Partial<CheckRequest>, sendState: boolean): SendStep {
  const request: CheckRequest = { ...USUAL_REQUEST, ...given };
  return { kind: 'send', bytes: (on) => requestBytes(request, on, sendState) };
}

/** Lines of checks without the option that uses them. */
export function warnOfUnusedChecks({ kind, name, at, settings }: ProxyDraft, problems: Problems): void {
  const { checkKind, httpCheck, tcpCheck } = settings;
  const unused =
    httpCheck?.section === at && checkKind?.kind !== 'httpchk'
      ? ['http-check', 'option httpchk']
      : tcpCheck?.section === at && checkKind?.kind !== 'tcp-check'
        ? ['tcp-check', 'option tcp-check']
        : undefined;
  if (unused === undefined) return;
  const instead = checkKind === undefined ? 'its checks stay plain connects' : 'they have no effect';
  problems.warning(at, `${kind} '${name}' has '${unused[0]}' without '${unused[1]}': ${instead}`);
}
