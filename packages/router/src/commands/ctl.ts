import { ctlCommand } from '@headgate/shared/admin/ctl';
import { controlAddress } from './control-address.ts';
import { SUMMARIES } from './summaries.ts';

export const ctl = ctlCommand({ program: 'headgate-router', summary: SUMMARIES.ctl, controlAddress });
