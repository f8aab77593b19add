import { explainFailure } from '@headgate/shared/process/start-failure';
import type { Gate } from '../../run/gates.ts';
import type { Commands } from '../command.ts';
import type { Desk } from '../desk.ts';

const NO_FRONTEND = 'No such frontend.\n';
/** What to do with workers. */
const ALONE = 'take its bind lines out of the configuration and reload';

const RATES = `'set rate-limit' only supports :
   - 'connections global' to set the per-process maximum connection rate
   - 'sessions global' to set the per-process maximum session rate
`;

export const frontends = {
  'disable frontend': {
    usage: '<frontend>',
    text: 'temporarily disable specific frontend',
    level: 'admin',
    alone: ALONE,
    run: ([name], desk) =>
      setGate(desk, name, 'paused', {
        paused: 'All sockets are already disabled.\n',
        stopped: 'Frontend was previously shut down, cannot disable.\n',
      }),
  },
  'enable frontend': {
    usage: '<frontend>',
    text: 're-enable specific frontend',
    level: 'admin',
    alone: ALONE,
    run: ([name], desk) =>
      setGate(desk, name, 'open', {
        open: 'All sockets are already enabled.\n',
        stopped: 'Frontend was previously shut down, cannot enable.\n',
      }),
  },
  'shutdown frontend': {
    usage: '<frontend>',
    text: 'stop a specific frontend',
    level: 'admin',
    alone: ALONE,
    run: ([name], desk) => setGate(desk, name, 'stopped', { stopped: 'Frontend was already shut down.\n' }),
  },
  'set maxconn frontend': {
    usage: '<frontend> <value>',
    text: "change a frontend's maxconn setting",
    level: 'admin',
    changed: /^$/,
    run([name, value = ''], { router }) {
      if (name === undefined) return 'A frontend name is expected.\n';
      const limit = router.limits.frontends.get(name);
      if (limit === undefined) return NO_FRONTEND;
      return setMost(limit, value, router, 'Integer value expected.\n');
    },
  },
  'set maxconn global': {
    usage: '<value>',
    text: 'change the per-process maxconn setting',
    level: 'admin',
    changed: /^$/,
    run: ([value = ''], { router }) => setMost(router.limits.process, value, router),
  },
  'set rate-limit': {
    usage: '<setting> <value>',
    text: 'change a rate limiting value',
    level: 'admin',
    changed: /^$/,
    run([setting, where, value = ''], { router }) {
      if (where !== 'global' || (setting !== 'connections' && setting !== 'sessions')) return RATES;
      return setMost(router.rates[setting], value, router);
    },
  },
} as const satisfies Commands;

/** Changes a limit of the process, and lets in those that it kept waiting. `wrong`: the answer when it is not a number. */
function setMost(
  limit: { max: number },
  value: string,
  router: Desk['router'],
  wrong = 'Expects an integer value.\n',
): string {
  if (!/^\d{1,9}$/.test(value)) return wrong;
  limit.max = router.partOf(Number(value));
  router.admit();
  return '';
}

/** `refusals`: the answers where the frontend is in such a state already. */
async function setGate(
  { router }: Desk,
  name: string | undefined,
  gate: Gate,
  refusals: Partial<Record<Gate, string>>,
): Promise<string> {
  if (name === undefined) return 'A frontend name is expected.\n';
  if (!router.limits.frontends.has(name)) return NO_FRONTEND;
  const refused = refusals[router.gateOf(name)];
  if (refused !== undefined) return refused;
  try {
    await router.setGate(name, gate);
    return '';
  } catch (error) {
    return `Failed to resume frontend, check for port conflicts: ${explainFailure(error)}\n`;
  }
}
