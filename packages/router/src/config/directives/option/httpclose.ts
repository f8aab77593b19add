import { EVERYWHERE, modeOption } from '../../directive.ts';

export const httpclose = modeOption('close', {
  sections: EVERYWHERE,
  doc: "Ends connections after one exchange: the server's in a backend, the client's too when it stands in a frontend.",
  example: 'option httpclose',
});
