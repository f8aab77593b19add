import { BACK, flagOption } from '../../directive.ts';

export const allbackups = flagOption('allBackups', {
  sections: BACK,
  doc: 'When no other server is usable, all backup servers share the load instead of the first alone.',
  example: 'option allbackups',
});
