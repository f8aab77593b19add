import { IMPLICIT_CONNECT } from '../model/check.ts';
import type { CheckScript, ConnectStep, ExpectStep, SendStep, StepPlace } from '../model/check.ts';

/** A step of a script that is not written out in the configuration. */
export type ProtocolStep = ConnectStep | SendStep | Omit<ExpectStep, keyof StepPlace>;

/** `linger`: servers that count aborted connections of an address (MySQL's max_connect_errors) must not see a reset. */
export const connect = (linger: boolean): ConnectStep => ({ ...IMPLICIT_CONNECT, linger });

export const send = (bytes: string): SendStep => ({ kind: 'send', bytes: () => bytes });

/** The check of a protocol, whose steps are numbered as HAProxy numbers them. */
export function protocolScript(...steps: readonly ProtocolStep[]): CheckScript {
  // HAProxy's number of the connection, which is a step of its own where it has to linger.
  const from = steps.some((step) => step.kind === 'connect' && step.linger) ? 1 : 0;
  return {
    kind: 'protocol',
    steps: steps.map((step, index) => ({ ...step, number: index + from, comment: undefined, remark: undefined })),
  };
}
