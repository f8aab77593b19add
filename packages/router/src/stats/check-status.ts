import type { CheckResult } from '../model/backend.ts';

/** What HAProxy says of the result of a check, in logs and statistics. */
export const CHECK_DESCRIPTIONS: Readonly<Record<CheckResult['status'], string>> = {
  CHECKED: 'No status change',
  SOCKERR: 'Socket error',
  HANA: 'Health analyze',
  L4OK: 'Layer4 check passed',
  L4TOUT: 'Layer4 timeout',
  L4CON: 'Layer4 connection problem',
  L6OK: 'Layer6 check passed',
  L6TOUT: 'Layer6 timeout',
  L6RSP: 'Layer6 invalid response',
  L7OK: 'Layer7 check passed',
  L7OKC: 'Layer7 check conditionally passed',
  L7TOUT: 'Layer7 timeout',
  L7RSP: 'Layer7 invalid response',
  L7STS: 'Layer7 wrong status',
  PROCERR: 'External check error',
  PROCTOUT: 'External check timeout',
  PROCOK: 'External check passed',
};
