import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import type { ServiceDirective } from '../directive.ts';
import type { ServiceDraft } from '../draft.ts';

const takes = '16 or 32 bytes as hexadecimal digits, colons allowed';

export const ticketKeySecret: ServiceDirective = {
  summary:
    'With ticketMacSecret: session tickets outlive a restart and are shared by machines that have the same two secrets.',
  takes,
  default: 'random for each start',
  example: 'ticketKeySecret = 00112233445566778899aabbccddeeff',
  apply(value, draft, problems) {
    draft.ticketKeySecret = secret(value, problems);
  },
};

export const ticketMacSecret: ServiceDirective = {
  summary: 'See ticketKeySecret: both are needed.',
  takes,
  default: 'random for each start',
  example: 'ticketMacSecret = ffeeddccbbaa99887766554433221100',
  apply(value, draft, problems) {
    draft.ticketMacSecret = secret(value, problems);
  },
};

/** The value is a secret: a message never repeats it. */
function secret(value: Word, problems: Problems): ServiceDraft['ticketKeySecret'] {
  const digits = value.text.replaceAll(':', '');
  if (/^([0-9a-f]{32}|[0-9a-f]{64})$/i.test(digits)) return { bytes: Buffer.from(digits, 'hex'), at: value.at };
  problems.error(value.at, `${takes} are expected here, not ${digits.length} characters`);
  return undefined;
}
