import { ctlCommand } from '@headgate/shared/admin/ctl';
import { atControl } from './control-address.ts';
import { SUMMARIES } from './summaries.ts';

export const ctl = ctlCommand({ program: 'headgate-router', summary: SUMMARIES.ctl, atControl });
