/** Agents (`agent-check`): what they say is done, logged and shown as HAProxy does it. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { asked } from '../../support/control.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter, scenario } from '../../support/scenario.ts';
import { listen } from '../../support/tcp.ts';
import { TempDir } from '../../support/temp.ts';
import { settled, until } from '../../support/until.ts';

/** An agent that answers with its current line. */
async function startAgent(t: TestContext, line: string) {
  const agent = { line, questions: new Set<string>(), port: 0 };
  const { port } = await listen(t, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      agent.questions.add(bytes.toString('latin1'));
      socket.end(agent.line, 'latin1');
    });
  });
  return Object.assign(agent, { port });
}

interface Step {
  readonly says: string;
  readonly shown: Readonly<Record<string, string>>;
  readonly logged?: string;
}

const MINE = 'Server apps/s';
const AGENT = 'Agent check for server apps/s';
const STEPS: readonly Step[] = [
  {
    says: 'up\n',
    shown: { agent_status: 'L7OK', agent_code: '0', last_agt: 'via agent : up', agent_health: '1', agent_rise: '1' },
    logged: `${AGENT} succeeded, reason: Layer7 check passed, code: 0, info: "via agent : up", status: 1/1 UP.`,
  },
  {
    says: '75% maxconn:3\n',
    shown: { agent_status: 'CHECKED', agent_desc: 'No status change', weight: '7', slim: '3', last_agt: '' },
  },
  { says: 'what\n', shown: { status: 'no check', last_agt: 'agent reports an error : what' } },
  {
    says: 'down # too <busy>\n',
    shown: { status: 'DOWN (agent)', agent_status: 'L7STS', agent_health: '0', weight: '7' },
    logged: `${AGENT} failed, reason: Layer7 wrong status, code: 0, info: "via agent : down (too <3C>busy<3E>)", status: 0/1 DOWN.`,
  },
  { says: '100%', shown: { last_agt: 'Ignoring incomplete line from agent', status: 'DOWN (agent)', weight: '7' } },
  {
    says: 'UP\t0%\r\n',
    shown: { status: 'no check', agent_status: 'L7OK', weight: '0' },
    logged: `${AGENT} succeeded, reason: Layer7 check passed, code: 0, info: "via agent : UP", status: 1/1 DRAIN.`,
  },
  {
    says: '100% drain\n',
    shown: { status: 'DRAIN (agent)', weight: '10' },
    logged: `${MINE} enters drain state. 0 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.`,
  },
  {
    says: 'maint\n',
    shown: { status: 'MAINT' },
    logged: `${MINE} is going DOWN for maintenance. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`,
  },
  {
    says: 'ready up # all is well\n',
    shown: { status: 'no check', last_agt: 'via agent : up (all is well)' },
    logged: `${MINE} is UP/READY (leaving forced maintenance).`,
  },
  {
    says: '',
    shown: { agent_status: 'L7RSP', last_agt: 'TCPCHK got an empty response at step 2', status: 'no check' },
    logged: `${AGENT} failed, reason: Layer7 invalid response, info: "TCPCHK got an empty response at step 2", status: 1/1 UP.`,
  },
];

async function statOf(socket: string, name: string): Promise<Readonly<Record<string, string>>> {
  const [head = '', ...rows] = (await asked(socket, 'show stat')).trim().split('\n');
  const values = rows.find((row) => row.startsWith(`${name},`))?.split(',') ?? [];
  return Object.fromEntries(
    head
      .slice(2)
      .split(',')
      .map((column, at) => [column, (values[at] ?? '').replace(/^\* /, '')]),
  );
}

forEachRouter('an agent takes its server up and down, weighs and limits it, in the same words', async (t, router) => {
  const app = await startApp(t);
  const agent = await startAgent(t, 'ready\n');
  const socket = new TempDir(t).join('s.sock');
  const { syslog } = await startRouting(t, router, {
    global: [`stats socket ${socket} level admin`],
    backend: [
      'option log-health-checks',
      `server s 127.0.0.1:${app.port} weight 10 maxconn 5 agent-check agent-port ${agent.port} agent-inter 50ms agent-send "how are you?\\n"`,
    ],
  });
  for (const { says, shown, logged } of STEPS) {
    agent.line = says;
    await until(`'${says.trim()}' in the statistics`, async () => {
      const stat = await statOf(socket, 'apps,s');
      return Object.entries(shown).every(([column, value]) => stat[column]?.replace(/<3C>|<3E>/g, '') === value);
    });
    if (logged === undefined) continue;
    const usual = (line: string): string => line.replace(/, check duration: \d+ms/, '').trim();
    await until(`the log of '${says.trim()}'`, () => syslog.messages().some((line) => usual(line) === logged));
  }
  assert.deepEqual([...agent.questions], ['how are you?\n']);
});

forEachRouter('operators speak for an agent, move it and silence it', async (t, router) => {
  const app = await startApp(t);
  const [agent, other] = [await startAgent(t, '100%\n'), await startAgent(t, '50%\n')];
  const socket = new TempDir(t).join('s.sock');
  const words = `agent-check agent-port ${agent.port} agent-inter 50ms agent-send a`;
  await startRouting(t, router, {
    global: [`stats socket ${socket} level admin`],
    backend: [`server s 127.0.0.1:${app.port} weight 10 ${words}`, `server t 127.0.0.1:${app.port} track s`],
  });
  const shows = (column: string, value: string): Promise<unknown> =>
    until(`${column} ${value}`, async () => (await statOf(socket, 'apps,s'))[column] === value);
  const answers: Record<string, string> = {};
  const say = async (line: string): Promise<void> => void (answers[line] = (await asked(socket, line)).trim());
  await shows('agent_status', 'CHECKED');
  await say('set server apps/s agent down');
  await shows('status', 'DOWN (agent)');
  await say('set server apps/s agent up');
  await shows('status', 'no check');
  await say('set server apps/s agent sideways');
  await say(`set server apps/s agent-send b`);
  await say(`set server apps/s agent-addr 127.0.0.1 port ${other.port}`);
  await shows('weight', '5');
  await until('the new text', () => other.questions.has('b'));
  await say(`set server apps/s agent-port ${agent.port}`);
  await shows('weight', '10');
  await say('set server apps/s agent-port x');
  await say('set server apps/s agent-addr x');
  await say('disable agent apps/s');
  await shows('agent_status', '');
  await say('set server apps/s agent up');
  await say('set server apps/s agent-port 1');
  await say('enable agent apps/s');
  await shows('agent_status', 'CHECKED');
  await say('enable agent apps/t');
  const said = Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer !== ''));
  assert.deepEqual(said, {
    'set server apps/s agent sideways': "'set server <srv> agent' expects 'up' or 'down'.",
    'set server apps/s agent-port x': 'provided port is not an integer',
    'set server apps/s agent-addr x': "invalid addr 'x'",
    'set server apps/s agent up': 'agent checks are not enabled on this server.',
    'set server apps/s agent-port 1': 'agent checks are not enabled on this server',
    'enable agent apps/t': 'Agent was not configured on this server, cannot enable.',
  });
});

scenario('what an agent says holds in all workers and through a reload', async (t) => {
  const app = await startApp(t);
  const agent = await startAgent(t, 'up maxconn:2\n');
  const socket = new TempDir(t).join('s.sock');
  const server = `server s 127.0.0.1:${app.port} maxconn 8 agent-check agent-port ${agent.port} agent-inter 50ms agent-send a`;
  const { url, process: primary } = await startRouting(t, 'router', {
    global: ['workers 2', `stats socket ${socket} level admin`],
    backend: [server, 'timeout queue 60s'],
  });
  await until('the limit', async () => (await statOf(socket, 'apps,s'))['slim'] === '2');
  let open = 12;
  const answers = Array.from({ length: open }, () => request(`${url}/held`).finally(() => (open -= 1)));
  await until('the rest in the queues', async () => (await statOf(socket, 'apps,BACKEND'))['qcur'] === '10');
  while (open > 0) {
    assert.ok(app.held <= 2, `${app.held} at once`);
    app.release();
    await new Promise(setImmediate);
  }
  await settled('all answers', Promise.all(answers));
  agent.line = 'down\n';
  await primary.says(/Server apps\/s is DOWN, reason: Layer7 wrong status, code: 0, info: "via agent : down"/);
  agent.line = 'busy\n';
  await until('nothing new', async () => (await statOf(socket, 'apps,s'))['agent_status'] === 'CHECKED');
  assert.match(await asked(socket, 'reload'), /./);
  for (let count = 0; count < 8; count += 1) assert.equal((await request(url)).status, 503);
  assert.equal((await statOf(socket, 'apps,s'))['slim'], '2');
  agent.line = 'up\n';
  await until('the server', async () => (await request(url)).status === 200);
});
