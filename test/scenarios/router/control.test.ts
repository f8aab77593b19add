/** The control socket, asked with HAProxy's commands and compared with HAProxy's answers. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { asked, openControl } from '../../support/control.ts';
import { run } from '../../support/process.ts';
import { commandLine, type Router, skips } from '../../support/programs.ts';
import { startRouting, type Routing } from '../../support/routing.ts';
import { forEachRouter, scenario, together } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

interface Controlled extends Routing {
  readonly socket: string;
  readonly ask: (line: string) => Promise<string>;
}

const STAT_HEADER =
  '# ' +
  'pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,agent_status,agent_code,agent_duration,check_desc,agent_desc,check_rise,check_fall,check_health,agent_rise,agent_fall,agent_health,addr,cookie,mode,algo,conn_rate,conn_rate_max,conn_tot,intercepted,dcon,dses,wrew,connect,reuse,cache_lookups,cache_hits,srv_icur,src_ilim,qtime_max,ctime_max,rtime_max,ttime_max,eint,idle_conn_cur,safe_conn_cur,used_conn_cur,need_conn_est,uweight,agg_server_status,agg_server_check_status,agg_check_status,-,ssl_sess,ssl_reused_sess,ssl_failed_handshake,h2_headers_rcvd,h2_data_rcvd,h2_settings_rcvd,h2_rst_stream_rcvd,h2_goaway_rcvd,h2_detected_conn_protocol_errors,h2_detected_strm_protocol_errors,h2_rst_stream_resp,h2_goaway_resp,h2_open_connections,h2_backend_open_streams,h2_total_connections,h2_backend_total_streams,h1_open_connections,h1_open_streams,h1_total_connections,h1_total_streams,h1_bytes_in,h1_bytes_out,h1_spliced_bytes_in,h1_spliced_bytes_out,';

function runCtl(t: TestContext, ...words: string[]): ReturnType<typeof run> {
  const [command, ...args] = commandLine('router', '');
  return run(t, command, [...args.slice(0, -2), 'ctl', ...words]);
}

async function start(t: TestContext, router: Router, level = 'admin'): Promise<Controlled> {
  const [one, two] = [await startApp(t, { name: 'one' }), await startApp(t, { name: 'two' })];
  const socket = new TempDir(t).join('control.sock');
  const routing = await startRouting(t, router, {
    global: ['maxconn 100', `stats socket ${socket} mode 600 level ${level}`, 'stats timeout 2s'],
    frontend: ['http-request track-sc0 src table table'],
    backend: [`server one 127.0.0.1:${one.port} weight 10`, `server two 127.0.0.1:${two.port} weight 10`],
    backends: { table: ['stick-table type ip size 1024 expire 1m store gpc0,http_req_rate(10s)'] },
  });
  return { ...routing, socket, ask: (line) => asked(socket, line) };
}

together('the control socket', () => {
  forEachRouter(
    'control: the columns of show stat, the names of show info and the formats of the rest',
    async (t, router) => {
      const { ask } = await start(t, router);
      const stat = (await ask('show stat')).trimEnd().split('\n');
      assert.equal(stat[0], STAT_HEADER);
      assert.deepEqual(
        stat.slice(1).map((line) => line.split(',').slice(0, 2).join('/')),
        ['front/FRONTEND', 'apps/one', 'apps/two', 'apps/BACKEND', 'table/BACKEND'],
      );
      for (const line of stat) assert.equal(line.split(',').length, STAT_HEADER.split(',').length);
      const info = await ask('show info');
      for (const name of [
        'Name',
        'Version',
        'Pid',
        'Uptime_sec',
        'Maxconn',
        'CurrConns',
        'CumConns',
        'CumReq',
        'ConnRate',
        'Idle_pct',
        // hatop does not start where one of these is missing.
        'Release_date',
        'Nbproc',
        'Process_num',
        'Uptime',
        'Maxpipes',
        'PipesUsed',
        'Tasks',
        'Run_queue',
        'node',
      ])
        assert.match(info, new RegExp(`^${name}: .`, 'm'));
      assert.match(await ask('show info desc'), /^Pid: \d+:"[^"]+"$/m);
      assert.match(await ask('show info typed desc'), /^\d+\.Pid\.1:SGP:u32:\d+:"[^"]+"$/m);
      // HAProxy drops the zeros at the end.
      assert.match(await ask('show info float'), /^Uptime_sec: \d+\.\d{0,5}[1-9]$/m);
      assert.match(await ask('show info typed float'), /^\d+\.Uptime_sec\.1:MDP:flt:\d+\.\d{0,5}[1-9]$/m);
      assert.match(
        await ask('show info json float'),
        /"Uptime_sec"\}[^}]+\},"value":\{"type":"flt","value":\d+\.\d+\}/,
      );
      assert.match(await ask('show stat typed desc'), /^F\.\d+\.0\.0\.pxname\.1:KNS:str:front:"[^"]+"$/m);
      assert.match(await ask('show info typed'), /^\d+\.CumReq\.1:MCP:u32:\d+$/m);
      assert.match(await ask('show stat typed'), /^F\.\d+\.0\.0\.pxname\.1:KNS:str:front$/m);
      assert.match(
        await ask('show servers state'),
        /^1\n# be_id be_name srv_id [^\n]* srv_agent_port\n3? ?\d* ?apps 1 one 127\.0\.0\.1 /m,
      );
      const state = (await ask('show servers state apps')).split('\n');
      assert.equal(state[2]?.split(' ').length, (state[1]?.split(' ').length ?? 0) - 1);
      const conn = (await ask('show servers conn')).split('\n');
      assert.match(
        conn[0] ?? '',
        /^# bkname\/svname bkid\/svid addr port - purge_delay used_cur used_max need_est unsafe_nb /,
      );
      assert.match(conn[1] ?? '', /^apps\/one \d+\/1 127\.0\.0\.1 \d+ - 5000 \d+ \d+ \d+ 0 0 -1 \d+ \d+/);
      assert.equal(await ask('show backend'), '# name\napps\ntable\n\n');
      assert.match(
        await ask('show errors'),
        /^Total events captured on \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d\.\d{3}\] : 0\n\n$/,
      );
      assert.match(await ask('show cli sockets'), /^# socket lvl processes\nunix@\S+ admin all\n\n$/);
      assert.equal(await ask('show cli level'), 'admin\n\n');
      assert.match(await ask('show env PATH'), /^PATH=.*\n\n$/);
      assert.match(await ask('show activity'), /^date_now: \d+\.\d{6}$/m);
    },
  );

  forEachRouter('control: a frontend and a backend of the same name have numbers of their own', async (t, router) => {
    const socket = new TempDir(t).join('control.sock');
    await startRouting(t, router, {
      global: [`stats socket ${socket} mode 600 level admin`],
      backend: ['server one 127.0.0.1:1'],
      backends: { front: ['server two 127.0.0.1:1'] },
    });
    const rows = (await asked(socket, 'show stat')).split('\n').map((line) => line.split(','));
    const columns = rows[0] ?? [];
    const numberOf = (name: string): string | undefined =>
      rows.find((row) => row[0] === 'front' && row[1] === name)?.[columns.indexOf('iid')];
    assert.notEqual(numberOf('BACKEND'), numberOf('FRONTEND'));
    assert.equal(numberOf('two'), numberOf('BACKEND'));
    assert.match(
      await asked(socket, 'show servers state front'),
      new RegExp(`^${numberOf('BACKEND')} front 1 two `, 'm'),
    );
  });

  forEachRouter('control: servers are weighed, drained, moved, added and deleted', async (t, router) => {
    const app = await startApp(t, { name: 'three' });
    const { ask, url } = await start(t, router);
    const text = async (): Promise<string> => (await request(url)).text;
    for (const [command, answer] of [
      ['get weight apps/one', '10 (initial 10)\n\n'],
      ['set weight apps/one 50%', '\n'],
      ['get weight apps/one', '5 (initial 10)\n\n'],
      ['set server apps/one weight 7', '\n'],
      ['get weight apps/one', '7 (initial 10)\n\n'],
      ['get weight apps/nine', 'No such server.\n\n'],
      ['get weight nine', "Require 'backend/server'.\n\n"],
      ['set server apps/one state bogus', "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n\n"],
      ['set server apps/one agent up', 'agent checks are not enabled on this server.\n\n'],
      ['disable server apps/one', '\n'],
    ] as const)
      assert.equal(await ask(command), answer, command);
    for (let n = 0; n < 3; n += 1) assert.match(await text(), /two/);
    await ask('enable server apps/one; set server apps/two state maint');
    assert.match(await text(), /one/);
    assert.match(await ask('show stat -1 4 -1'), /^apps,two,.*,MAINT,/m);
    assert.match(
      await ask(`set server apps/one addr 127.0.0.1 port ${app.port}`),
      /^no need to change the addr, port changed from '\d+' to '\d+' by 'stats socket command'\n\n$/,
    );
    await until('the server to have moved', async () => (await text()).includes('three'));
    assert.match(await ask(`add server apps/four 127.0.0.1:${app.port}`), /^New server registered\.\n/);
    assert.match(await ask('show servers state apps'), / apps \d+ four 127\.0\.0\.1 /);
    assert.match(await ask('del server apps/one'), /^Only servers in maintenance mode can be deleted\.\n/);
    assert.match(await ask('del server apps/four'), /^Server deleted\.\n/);
    assert.doesNotMatch(await ask('show servers state'), /four/);
  });

  forEachRouter('control: stick tables are shown, filtered, set and cleared', async (t, router) => {
    const { ask, url } = await start(t, router);
    await request(url);
    assert.equal(await ask('show table'), '# table: table, type: ip, size:1024, used:1\n\n');
    assert.match(
      await ask('show table table'),
      /^# table: table, [^\n]*\n0x[0-9a-f]+: key=127\.0\.0\.1 use=0 exp=\d+ gpc0=0 http_req_rate\(10000\)=1\n\n$/,
    );
    assert.equal(await ask('set table table key 192.0.2.1 data.gpc0 5'), '\n');
    assert.match(
      await ask('show table table data.gpc0 gt 4'),
      /used:2\n0x[0-9a-f]+: key=192\.0\.2\.1 [^\n]* gpc0=5 [^\n]*\n\n$/,
    );
    assert.match(await ask('show table table key 192.0.2.1'), /key=192\.0\.2\.1/);
    assert.equal(await ask('show table nine'), 'No such table\n\n');
    assert.equal(await ask('clear table table key 192.0.2.1'), '\n');
    assert.doesNotMatch(await ask('show table table'), /192\.0\.2\.1/);
    assert.equal(await ask('clear table table'), '\n');
    assert.match(await ask('show table table'), /used:0\n\n$/);
  });

  forEachRouter('control: one line and the end, or a prompt; levels; limits', async (t, router) => {
    const { ask, socket } = await start(t, router, 'user');
    assert.match(await ask('show version;show version'), /^[^\n]+\n\n[^\n]+\n\n$/);
    assert.match(await ask('  show \t version  '), /^\d\S+\n\n$/);
    for (const command of [
      'set weight apps/one 5',
      'clear counters',
      'show env',
      'disable server apps/one',
      'show errors',
    ])
      assert.equal(await ask(command), 'Permission denied\n\n', command);
    assert.match(
      await ask('bogus'),
      /^Unknown command[^]*\n {2}prompt +: toggle interactive mode with prompt\n[^]*\n\n$/,
    );
    assert.match(
      await ask('show bogus'),
      /^Unknown command, but maybe[^]*\n {2}help \[<command>\] +: list matching or all commands\n/,
    );
    assert.match(await ask('help show st'), /^The following commands are valid at this level:\n {2}show stat /);
    const prompt = await openControl(t, socket);
    prompt.send('prompt\n');
    await prompt.expect(/^\n> $/);
    prompt.send('show cli level\nget weight apps/one\n');
    await prompt.expect(/^\n> user\n\n> 10 \(initial 10\)\n\n> $/);
    prompt.send('quit\n');
    await prompt.ended();
    // HAProxy keeps such a connection until its timeout.
    const endless = await openControl(t, socket);
    endless.send('x'.repeat(40_000));
    if (router === 'router') await endless.ended();
    const silent = await openControl(t, socket);
    await silent.ended();
  });

  forEachRouter('socat and the exporter read the control socket', async (t, router) => {
    if (skips(t, 'socat')) return;
    const { socket } = await start(t, router);
    const answer = await new Promise<string>((resolve, reject) => {
      const socat = execFile('socat', ['-t5', '-', socket], (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      );
      socat.stdin?.end('show stat\n');
    });
    assert.ok(answer.startsWith(`${STAT_HEADER}\n`));
  });

  scenario('ctl: reload applies the file, and refuses a wrong one with its reasons and exit code 1', async (t) => {
    const controlled = await start(t, 'router');
    const ctl = (...words: string[]): ReturnType<typeof run> => runCtl(t, ...words);
    const shown = await ctl('-s', controlled.socket, 'show', 'cli', 'level');
    assert.deepEqual([shown.code, shown.stdout], [0, 'admin\n']);
    writeFileSync(controlled.file, readFileSync(controlled.file, 'utf8').replace('server two', 'server other'));
    const reloaded = await ctl('-f', controlled.file, 'reload');
    assert.deepEqual(
      [reloaded.code, reloaded.stdout],
      [0, 'Reloaded.\nserver added: apps/other\nserver removed: apps/two\n'],
    );
    writeFileSync(
      controlled.file,
      readFileSync(controlled.file, 'utf8').replace('default_backend apps', 'default_backend aps'),
    );
    const refused = await ctl('-s', controlled.socket, 'reload');
    assert.equal(refused.code, 1);
    assert.match(
      refused.stdout,
      /haproxy\.cfg:\d+:\d+: .*'aps'[^]*\nNot reloaded: the configuration before it serves on\.\n$/,
    );
    assert.equal((await ctl('-s', '/nowhere/x.sock', 'show', 'info')).code, 1);
    assert.equal((await ctl()).code, 2);
  });

  scenario('ctl: a router that is stopped is not waited for without end, with exit code 75', async (t) => {
    const { socket, process } = await start(t, 'router');
    process.signal('SIGSTOP');
    onCleanup(t, () => process.signal('SIGCONT'));
    const late = await runCtl(t, '--timeout', '100ms', '-s', socket, 'show', 'info');
    assert.deepEqual([late.code, late.stdout], [75, '']);
    assert.match(
      late.stderr,
      /^headgate-router: \/.*\/control\.sock: no answer within 100ms: the program is busy, stopped/,
    );
    process.signal('SIGCONT');
    assert.equal((await runCtl(t, '-s', socket, 'show', 'version')).code, 0);
  });

  scenario(
    'ctl: --experimental sets a variable of the process, and what is wrong with it ends in exit code 1',
    async (t) => {
      const { socket } = await start(t, 'router');
      const results = [
        await runCtl(t, '--experimental', '-s', socket, 'set', 'var', 'proc.stage', 'str(a night)'),
        await runCtl(t, '--experimental', '-s', socket, 'set', 'var', 'proc.stage', 'src'),
        await runCtl(t, '-s', socket, 'set', 'var', 'proc.stage', 'int(1)'),
        await runCtl(t, '-s', socket, 'get', 'var', 'proc.stage'),
      ];
      assert.deepEqual(
        results.map(({ code, stdout }) => [code, stdout.trim()]),
        [
          [0, ''],
          [1, "'src' needs a client, and there is none"],
          [1, 'This command is restricted to experimental mode only.'],
          [0, 'proc.stage: type=str value=<a night>'],
        ],
      );
    },
  );

  scenario('ctl: a time that is none is refused, and so is no time at all', async (t) => {
    for (const [time, reason] of [
      ['soon', /--timeout: 'soon' is not a duration: /],
      ['0', /--timeout must be above 0\n/],
    ] as const) {
      const { code, stderr } = await runCtl(t, '--timeout', time, '-s', '/nowhere/x.sock', 'show', 'info');
      assert.equal(code, 2);
      assert.match(stderr, reason);
    }
  });

  scenario('tunnels are listed, and drained with a Close frame', async (t) => {
    const { ask, port } = await start(t, 'router');
    const client = new WebSocket(`ws://127.0.0.1:${port}/echo`);
    await once(client, 'open');
    const closed = once(client, 'close');
    const [, line = ''] = (await ask('show tunnels')).split('\n');
    const [, server = ''] = /^websocket front (apps\/\w+) 127\.0\.0\.1:\d+ \d+ \d+ \d+$/.exec(line) ?? [];
    assert.match(await ask(`drain ${server}`), /^0 requests are finishing, 1 tunnel is ending\.\n/);
    assert.equal((await closed)[0], 1012);
    assert.match(await ask('show stat'), new RegExp(`^${server.replace('/', ',')},.*,DRAIN`, 'm'));
    await until('no tunnel is left', async () => (await ask('show tunnels')).split('\n').length === 3);
  });

  scenario(
    'the socket has its mode, follows a reload, and one that cannot be bound does not stop the router',
    async (t) => {
      const { file, socket, process, ask, url } = await start(t, 'router');
      assert.equal(statSync(socket).mode & 0o777, 0o600);
      writeFileSync(file, readFileSync(file, 'utf8').replace('level admin', 'level user'));
      await ask('reload');
      assert.equal(await ask('show cli level'), 'user\n\n');
      writeFileSync(file, readFileSync(file, 'utf8').replace(socket, '/nowhere/at/all.sock'));
      process.signal('SIGHUP');
      await process.says(
        / err \S+haproxy\.cfg:\d+:\d+: no control socket at unix@\/nowhere\/at\/all\.sock: cannot listen/,
      );
      assert.equal((await request(url)).status, 200);
      await assert.rejects(ask('show info'));
    },
  );
});
