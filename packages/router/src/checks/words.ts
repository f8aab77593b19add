/** What a check says in the log about the step it ended at, worded as HAProxy words it. */
import type { LinkError } from '@headgate/shared/net/link';
import { isWrongName, reasonOf } from '../connect/reason.ts';
import type { CheckScript, CheckStep, StepPlace, Verdict } from '../model/check.ts';

/** HAProxy's HCHK_DESC_LEN. */
const INFO_LENGTH = 127;

/**
 * What a check found, for the log: a server must not be able to forge another line or field. Written as HAProxy writes it, up to
 * a NUL.
 */
export function printable(info: string): string {
  return info
    .replace(/\0[^]*$/, '')
    .slice(0, INFO_LENGTH)
    .replaceAll(/[^\x20-\x7e]|["<>]/g, (char) => `<${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}>`);
}

/** A connection that failed: the system's reason, and in a `tcp-check` the step. */
export function connectionInfo(reason: string, script: CheckScript, step: CheckStep | undefined): string {
  return step === undefined ? reason : `${reason}${place(script, step)}`;
}

/** A handshake that failed, in HAProxy's words, and why. */
export function handshakeInfo(error: LinkError): string {
  if (isWrongName(error))
    return `Server presented an SSL certificate different from the expected one (${reasonOf(error)})`;
  return `SSL handshake failure (${reasonOf(error)})`;
}

/** A time limit that expired, with nothing before the step: HAProxy leaves the blank. */
export function timeoutInfo(script: CheckScript, step: CheckStep | undefined): string {
  if (step?.kind === 'expect' && step.missing !== undefined) return step.missing;
  return step === undefined ? '' : place(script, step);
}

/** The verdict of a script whose last step expects nothing. */
export function passedInfo({ kind }: CheckScript, step: CheckStep | undefined, secure = false): Verdict {
  if (step === undefined || step.kind === 'connect') {
    const silent = step === undefined || step.implicit || kind === 'connect';
    return { passed: true, status: secure ? 'L6OK' : 'L4OK', code: undefined, info: silent ? '' : '(tcp-check)' };
  }
  return { passed: true, status: 'L7OK', code: 0, info: '(tcp-check)' };
}

/** ` comment: text`, as messages about an expectation end. */
export function withComment(text: string, { remark }: StepPlace): string {
  return remark === undefined ? text : `${text} comment: ${remark}`;
}

function place({ kind }: CheckScript, step: CheckStep): string {
  if (kind !== 'tcp' || step.number < 1) return '';
  const remark = step.remark === undefined ? '' : ` comment: '${step.remark}'`;
  return ` at step ${step.number} of tcp-check (${action(step)})${remark}`;
}

function action(step: CheckStep): string {
  switch (step.kind) {
    case 'connect':
      return typeof step.port === 'number' ? `connect port ${step.port}` : 'connect';
    case 'send':
      return 'send';
    case 'expect':
      return `expect ${step.what}`;
    case 'run':
      return 'set-var';
  }
}
