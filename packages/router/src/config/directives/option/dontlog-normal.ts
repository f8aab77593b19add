import { FRONT, flagOption } from '../../directive.ts';

export const dontlogNormal = flagOption('dontLogNormal', {
  sections: FRONT,
  doc: 'No access line for exchanges that ended well.',
  example: 'option dontlog-normal',
});
