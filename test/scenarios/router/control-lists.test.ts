/** Lists and maps changed by commands: the same answers as HAProxy's, and what they decide follows at once. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { asked } from '../../support/control.ts';
import type { Router } from '../../support/programs.ts';
import { startRouting, type Routing } from '../../support/routing.ts';
import { forEachRouter, scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

interface Listed extends Routing {
  readonly dir: TempDir;
  readonly map: string;
  readonly ask: (line: string) => Promise<string>;
  readonly status: (path: string) => Promise<number>;
  readonly mapped: (host: string) => Promise<string | null>;
}

const UNKNOWN_ACL = 'Unknown ACL identifier. Please use #<id> or <file>.\n';
const UNKNOWN_MAP = 'Unknown map identifier. Please use #<id> or <file>.\n';
const TWO = "'add acl' expects two parameters: ACL identifier and pattern.\n";
const THREE =
  "'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload\n";

/** In this order. `0x` stands for the number of an entry, MAP and LIST for the files. */
const TALK: readonly (readonly [command: string, answer: string])[] = [
  ['show acl LIST', '0x /admin\n0x /root\n'],
  ['show acl #2', '0x /x\n0x /y\n'],
  ['show map #3', '0x a.example one\n0x b.example two\n'],
  ['show map MAP', '0x a.example one\n0x b.example two\n'],
  ['show map nothing', UNKNOWN_MAP],
  ['show acl #99', UNKNOWN_ACL],
  ['get acl LIST /admin/x', 'type=beg, case=sensitive, match=yes, idx=tree, pattern="/admin"\n'],
  ['get acl LIST /other', 'type=beg, case=sensitive, match=no\n'],
  ['get acl LIST', 'Missing ACL identifier and/or key.\n'],
  [
    'get map MAP a.example',
    'type=str, case=sensitive, found=yes, idx=tree, key="a.example", value="one", type="str"\n',
  ],
  ['get map MAP nine', 'type=str, case=sensitive, found=no\n'],
  ['add acl', TWO],
  ['add acl LIST', TWO],
  ['add acl nothing /a', UNKNOWN_ACL],
  ['add acl LIST /new', ''],
  ['show acl LIST', '0x /admin\n0x /root\n0x /new\n'],
  ['del acl LIST /root', ''],
  ['del acl LIST /root', 'Key not found.\n'],
  ['del acl LIST #0xfff', 'Key not found.\n'],
  ['del acl', 'This command expects two parameters: ACL identifier and key.\n'],
  ['show acl LIST', '0x /admin\n0x /new\n'],
  ['add acl #2 /z', ''],
  ['show acl #2', '0x /x\n0x /y\n0x /z\n'],
  ['add map MAP', THREE],
  ['add map MAP c.example', THREE],
  ['add map MAP c.example three', ''],
  ['set map MAP c.example four', ''],
  ['set map MAP nine four', 'entry not found.\n'],
  ['set map MAP', "'set map' expects three parameters: map identifier, key and value.\n"],
  ['del map MAP a.example', ''],
  ['show map MAP', '0x b.example two\n0x c.example four\n'],
  ['prepare map MAP', 'New version created: 1\n'],
  ['add map @1 MAP d.example five', ''],
  ['add map @7 MAP d.example five', "Version number in the future, please use 'prepare map' before.\n"],
  ['show map @1 MAP', '0x d.example five\n'],
  ['show map MAP', '0x b.example two\n0x c.example four\n'],
  ['commit map MAP', 'Missing version number.\n'],
  ['commit map @7 MAP', 'Version number out of range.\n'],
  ['commit map @1 MAP', ''],
  ['show map MAP', '0x d.example five\n'],
  ['clear map', 'Missing map identifier.\n'],
  ['clear map MAP', ''],
  ['show map MAP', ''],
];

forEachRouter('control: lists and maps are shown, searched, changed and replaced', async (t, router) => {
  const { ask, map, dir, file } = await start(t, router);
  const list = dir.join('list.acl');
  const description = (kind: string, path: string, line: number): string =>
    `pattern loaded from file '${path}' used by ${kind} at file '${file}' line ${line}`;
  const shown = await ask('show acl');
  const lineOf = (id: number): number => Number(new RegExp(`^${id} .* line (\\d+)\\. `, 'm').exec(shown)?.[1]);
  assert.ok(
    shown.startsWith(
      '# id (file) description\n' +
        `0 (${list}) ${description('acl', list, lineOf(0))}. curr_ver=0 next_ver=0 entry_cnt=2\n` +
        `1 () acl 'path_beg' file '${file}' line ${lineOf(0)}. curr_ver=0 next_ver=0 entry_cnt=0\n` +
        `2 () acl 'path' file '${file}' line ${lineOf(0) + 1}. curr_ver=0 next_ver=0 entry_cnt=2\n`,
    ),
    shown,
  );
  assert.equal(
    await ask('show map'),
    `# id (file) description\n3 (${map}) ${description('map', map, lineOf(0) + 5)}. curr_ver=0 next_ver=0 entry_cnt=2\n\n`,
  );
  for (const [command, answer] of TALK) {
    const said = await ask(command.replace('MAP', map).replace('LIST', list));
    assert.equal(said.replaceAll(/^0x[0-9a-f]+/gm, '0x'), `${answer}\n`, command);
  }
  assert.match(await ask('show map'), /curr_ver=1 next_ver=1 entry_cnt=0\n/);
});

forEachRouter('control: what is added, set, deleted and committed decides the next request', async (t, router) => {
  const { ask, status, mapped, map } = await start(t, router);
  assert.deepEqual(
    [await status('/admin'), await status('/new'), await status('/x'), await status('/z')],
    [403, 200, 403, 200],
  );
  await ask('add acl #0 /new;del acl #0 /admin');
  await ask('add acl #2 /z');
  assert.deepEqual(
    [await status('/admin'), await status('/new'), await status('/x'), await status('/z')],
    [200, 403, 403, 403],
  );
  assert.equal(await mapped('a.example'), 'one');
  await ask(`set map ${map} a.example seven`);
  assert.equal(await mapped('a.example'), 'seven');
  // What follows the empty line is another command: HAProxy answers it too.
  await ask(`add map ${map} <<\nc.example three\nd.example  four five\n`);
  assert.deepEqual([await mapped('c.example'), await mapped('d.example')], ['three', 'four five']);
  await ask('prepare map #3');
  await ask('add map @1 #3 e.example six');
  assert.deepEqual([await mapped('e.example'), await mapped('c.example')], ['none', 'three']);
  await ask('commit map @1 #3');
  assert.deepEqual([await mapped('e.example'), await mapped('c.example')], ['six', 'none']);
});

scenario('a pattern that is not one is refused, and nothing changes', async (t) => {
  const { ask, status } = await start(t, 'router', ['acl net src 127.0.0.1']);
  const id = /^(\d+) \(\) acl 'src'/m.exec(await ask('show acl'))?.[1];
  assert.match(await ask(`add acl #${id} nonsense`), /'nonsense' is not an IPv4 or IPv6 address/);
  assert.match(await ask(`show acl #${id}`), /^0x\w+ 127\.0\.0\.1\n\n$/);
  assert.equal(await ask('add acl #0 \\#x'), "'#x' cannot be a line of a list.\n\n");
  assert.equal(await status('/admin'), 403);
});

scenario('changes hold until the file changes, and until the next reload', async (t) => {
  const { ask, status, mapped, map, dir } = await start(t, 'router');
  await ask(`add acl #0 /new;set map ${map} a.example seven`);
  dir.write('list.acl', '/third\n');
  await until('the file to be applied', async () => (await status('/third')) === 403);
  assert.equal(await status('/new'), 200);
  // The map was not touched.
  assert.equal(await mapped('a.example'), 'seven');
  assert.match(await ask('show acl #0'), /^0x\w+ \/third\n\n$/);
  await ask('reload');
  assert.equal(await mapped('a.example'), 'one');
});

scenario('lists that rules edit show what rules made of them, and keep it when another list changes', async (t) => {
  const dir = new TempDir(t);
  const file = dir.write('seen.map', '/first 1\n');
  const { ask, status } = await start(t, 'router', [
    `http-request set-map(${file}) %[path] 2 if { path_beg /learn }`,
    `http-request del-map(${file}) /first if { path /forget }`,
    `http-request return status 404 if { path,map(${file}) -m found }`,
  ]);
  assert.deepEqual([await status('/first'), await status('/learn/a')], [404, 404]);
  assert.match(await ask(`show map ${file}`), /^0x\w+ \/first 1\n0x\w+ \/learn\/a 2\n\n$/);
  await ask('add acl #0 /new');
  assert.equal(await status('/learn/a'), 404);
  assert.match(await ask(`show map ${file}`), /\/learn\/a 2\n/);
  await ask(`add map ${file} /by-hand 3`);
  assert.deepEqual([await status('/by-hand'), await status('/learn/a'), await status('/forget')], [404, 404, 200]);
  assert.equal(await status('/first'), 200);
  assert.match(await ask(`show map ${file}`), /^0x\w+ \/learn\/a 2\n0x\w+ \/by-hand 3\n\n$/);
  await ask('reload');
  assert.match(await ask(`show map ${file}`), /^0x\w+ \/first 1\n\n$/);
});

scenario('a user of the socket may look at lists and not change them', async (t) => {
  const { ask } = await start(t, 'router');
  for (const command of ['add acl #0 /a', 'del map #3 a.example', 'clear acl #0', 'prepare map #3', 'commit map @1 #3'])
    assert.equal(await ask(`user;${command}`), '\nPermission denied\n\n', command);
  assert.match(await ask('user;show map #3'), /a\.example one/);
});

async function start(t: TestContext, router: Router, more: readonly string[] = []): Promise<Listed> {
  const app = await startApp(t, { name: 'one' });
  const dir = new TempDir(t);
  const [socket, list] = [dir.join('control.sock'), dir.write('list.acl', '# comment\n/admin\n/root\n')];
  const map = dir.write('hosts.map', '# comment\na.example one\nb.example   two\n');
  const routing = await startRouting(t, router, {
    global: ['maxconn 100', `stats socket ${socket} mode 600 level admin`],
    frontend: [
      `acl bad path_beg -f ${list}`,
      'acl inline path /x /y',
      'http-request deny if bad',
      'http-request deny if inline',
      `http-response set-header x-map %[var(txn.map)]`,
      `http-request set-var(txn.map) hdr(host),map(${map},none)`,
      ...more,
    ],
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  const { url } = routing;
  return {
    ...routing,
    dir,
    map,
    ask: (line) => asked(socket, line),
    status: async (path) => (await request(`${url}${path}`)).status,
    mapped: async (host) => String((await request(url, { headers: { host } })).headers['x-map']),
  };
}
