import { EVERYWHERE, modeOption } from '../../directive.ts';

export const httpKeepAlive = modeOption('keep-alive', {
  sections: EVERYWHERE,
  doc: 'Keeps both connections for further exchanges (the default). The last of the three given in a proxy counts.',
  example: 'option http-keep-alive',
});
