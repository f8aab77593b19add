import { BACK, flagOption } from '../../directive.ts';

export const abortonclose = flagOption('abortOnClose', {
  sections: BACK,
  doc: 'Drops a waiting request when its client has gone.',
  example: 'option abortonclose',
});
