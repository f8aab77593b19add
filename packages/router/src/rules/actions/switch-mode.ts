import { goingOn } from '../action.ts';
import type { Action } from '../action.ts';
import { phases } from '../../sample/phase.ts';

/** `switch-mode http [proto h1]`: the bytes of a connection in mode tcp are requests, and the rules on requests decide from here on. */
export const switchMode: Action = {
  compile(keyword, [mode, ...rest], { phase, problems, hasServers, captures }) {
    if (mode?.text !== 'http') {
      problems.error((mode ?? keyword).at, "'switch-mode' needs 'http': there is no other mode to switch to");
      return undefined;
    }
    const [word, protocol] = rest;
    const named = word?.text === 'proto';
    if (named && protocol?.text !== 'h1') {
      problems.error((protocol ?? word).at, "'proto' is 'h1' here: the router speaks HTTP/1.1");
      return undefined;
    }
    if (hasServers === true && captures === undefined) {
      problems.error(keyword.at, "'switch-mode' is not allowed in 'backend'; it belongs in frontend, listen");
      return undefined;
    }
    const condition = rest.slice(named ? 2 : 0);
    if (phase === phases.stream) return { act: () => ({ kind: 'http' }), reads: [], condition };
    problems.warning(keyword.at, "'switch-mode' has no effect: in mode http there is nothing to switch");
    return { act: goingOn(() => {}), reads: [], condition };
  },
};
