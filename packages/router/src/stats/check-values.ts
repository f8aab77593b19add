import { type ServerState, SIXTEENTHS } from '../model/backend.ts';
import { askedAgent } from '../model/server.ts';
import { CHECK_DESCRIPTIONS } from './check-status.ts';
import type { Row } from './columns.ts';
import { downtime } from './counters.ts';
import { seconds } from './seconds.ts';

type Values = Row['values'];

/** How much of its weight a server has in its slow start, in percent, rounded as HAProxy rounds it. */
export function throttleOf({ warming, administrative, weight, share }: ServerState): number | undefined {
  if (!warming || administrative !== 'ready' || weight === 0) return undefined;
  return Math.floor((100 * share + SIXTEENTHS - 1) / (SIXTEENTHS * weight));
}

/** What `show stat` has of the checks of a server. */
export function checkValues({ config, counters, administrative, health, lastCheck }: ServerState, now: number): Values {
  const { check } = config;
  if (check === undefined) return {};
  const counted = {
    chkfail: counters.failedChecks,
    chkdown: counters.downs,
    downtime: seconds(downtime(counters, now)),
  };
  // Checks rest in maintenance: what the last one found says nothing of the server now.
  if (administrative === 'maint') return counted;
  return {
    ...counted,
    check_status: lastCheck?.status ?? 'INI',
    // HAProxy prints the -1 of a program that a signal ended as an unsigned number.
    check_code: lastCheck?.code === undefined ? undefined : lastCheck.code >>> 0,
    check_duration: lastCheck === undefined ? undefined : Math.round(lastCheck.duration),
    last_chk: lastCheck?.info ?? '',
    check_desc: lastCheck === undefined ? 'Initializing' : CHECK_DESCRIPTIONS[lastCheck.status],
    check_rise: check.rise,
    check_fall: check.fall,
    check_health: health,
  };
}

/** HAProxy: an agent takes one answer to bring its server up, and one to take it down. */
export function agentValues({ config, administrative, lastAgent, agentDown }: ServerState): Values {
  if (askedAgent(config) === undefined || administrative === 'maint') return {};
  return {
    agent_status: lastAgent?.status ?? 'INI',
    agent_code: lastAgent?.code,
    agent_duration: lastAgent === undefined ? undefined : Math.round(lastAgent.duration),
    last_agt: lastAgent?.info ?? '',
    agent_desc: lastAgent === undefined ? 'Initializing' : CHECK_DESCRIPTIONS[lastAgent.status],
    agent_rise: 1,
    agent_fall: 1,
    agent_health: agentDown ? 0 : 1,
  };
}
