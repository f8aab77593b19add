import { EVERYWHERE, modeOption } from '../../directive.ts';

export const httpServerClose = modeOption('server-close', {
  sections: EVERYWHERE,
  doc: "Ends the server connection after each exchange and keeps the client's.",
  example: 'option http-server-close',
});
