import { readAgentReply } from '../backend/agent.ts';
import type { AgentReply } from '../model/backend.ts';
import type { CheckScript, Verdict } from '../model/check.ts';
import type { AgentConfig, CheckConfig, Server } from '../model/server.ts';
import { verdict } from './expect.ts';
import { connect, protocolScript, send } from './protocol-script.ts';
import { printable } from './words.ts';

/**
 * The conversation with an agent: sends its text, then reads a line and calls `heard` with it. Any line is a success here.
 * `last`: the result before, which stays when the line does not end.
 */
export function agentScript(
  { send: question }: AgentConfig,
  last: Verdict | undefined,
  heard: (said: AgentReply) => void,
): CheckScript {
  return protocolScript(connect(false), send(question), {
    kind: 'expect',
    what: 'custom',
    timeoutStatus: 'L7TOUT',
    judge({ text, complete }) {
      const said = readAgentReply(text);
      if (said !== undefined)
        heard({ ...said, unknown: said.unknown && printable(said.unknown), text: printable(said.text) });
      else if (!complete) return undefined;
      else if (text === '') return verdict('L7RSP', 'TCPCHK got an empty response at step 2');
      else return { ...(last ?? NO_NEWS), info: 'Ignoring incomplete line from agent' };
      return NO_NEWS;
    },
  });
}

const NO_NEWS: Verdict = { passed: true, status: 'CHECKED', code: undefined, info: '' };

/** Agents are asked in the clear and without a PROXY header, as in HAProxy, whatever the traffic and the checks do. */
export function asAgent(server: Server, { inter, port, host }: AgentConfig): Server & { readonly check: CheckConfig } {
  const pauses = { inter, fastinter: inter, downinter: inter };
  const check: CheckConfig = { ...pauses, rise: 1, fall: 1, port, host, sendProxy: false, tls: undefined };
  return { ...server, sendProxy: 0, check };
}
