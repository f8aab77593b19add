import type { Action } from '../action.ts';
import { phases } from '../../sample/phase.ts';

/** `switch-mode http [proto h1]`: the bytes of a connection in mode tcp are requests, and the rules on requests decide from here on. */
export const switchMode: Action = {
  compile(keyword, [mode, ...rest], { phase, problems }) {
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
    if (phase !== phases.stream) {
      problems.error(
        keyword.at,
        "'switch-mode http' is for a proxy in mode tcp: in mode http there is nothing to switch",
      );
      return undefined;
    }
    return { act: () => ({ kind: 'http' }), reads: [], condition: rest.slice(named ? 2 : 0) };
  },
};
