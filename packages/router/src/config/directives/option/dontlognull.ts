import { FRONT, flagOption } from '../../directive.ts';

export const dontlognull = flagOption('dontLogNull', {
  sections: FRONT,
  doc: 'No access line for connections that sent nothing.',
  example: 'option dontlognull',
});
