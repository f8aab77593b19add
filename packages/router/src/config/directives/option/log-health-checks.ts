import { BACK, flagOption } from '../../directive.ts';

export const logHealthChecks = flagOption('logHealthChecks', {
  sections: BACK,
  doc: 'Logs every change of a health check, not only up and down.',
  example: 'option log-health-checks',
});
