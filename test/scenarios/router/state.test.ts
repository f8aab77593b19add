/** What rules see of backends, servers and the frontend, beside HAProxy. */
import { test } from 'node:test';
import { beside } from '../../support/beside.ts';
import { ENGINES } from '../../support/engines.ts';
import { missing } from '../../support/programs.ts';

const OF_BACKEND = ['nbsrv', 'be_conn', 'be_conn_free', 'queue', 'avg_queue', 'connslots'];
const OF_SERVER = ['srv_is_up', 'srv_conn', 'srv_conn_free', 'srv_queue', 'srv_weight', 'srv_iweight', 'srv_uweight'];
const SHOWN = [
  ...OF_BACKEND.flatMap((name) => ['apps', 'limited', 'backups', 'dead'].map((backend) => `${name}(${backend})`)),
  ...OF_SERVER.flatMap((name) =>
    ['limited/a', 'limited/b', 'limited/off', 'backups/x'].map((server) => `${name}(${server})`),
  ),
  ...['limited', 'backups', 'dead', 'none'].map((backend) => `str(${backend}),nbsrv`),
  ...['limited/a', 'limited/none', 'none/a', 'a'].map((server) => `str(${server}),srv_queue`),
  'src_is_local',
  'dst_is_local',
  'fc_src_is_local',
  'fc_dst_is_local',
];

for (const engine of ENGINES)
  test(
    `engine ${engine}: rules see the state of backends and servers as in HAProxy`,
    { skip: missing('haproxy'), timeout: 120_000 },
    async (t) => {
      await beside(t, {
        engine,
        requests: {
          shown: 'GET /shown HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
          chosen: 'GET /chosen HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
          spare: 'GET /spare HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
        },
        parts: {
          frontend: [
            `http-request return status 200 content-type text/plain lf-string "${SHOWN.map((text) => `${text}=%[${text}]`).join(' ')} fe_conn=%[fe_conn]" if { path /shown }`,
            'acl no_servers nbsrv(dead) lt 1',
            'use_backend spare if no_servers { path /spare }',
          ],
          backend: [
            'http-response set-header X-Where "%[be_name] %[srv_name] %[srv_id] %[nbsrv] %[be_conn] %[srv_conn(apps/one)]"',
          ],
          backends: {
            limited: [
              'server a 127.0.0.1:1 maxconn 3 maxqueue 4 weight 10',
              'server b 127.0.0.1:1 maxconn 5 maxqueue 6 weight 20',
              'server off 127.0.0.1:1 disabled',
            ],
            backups: ['server x 127.0.0.1:1 backup', 'server y 127.0.0.1:1 backup'],
            dead: ['server s 127.0.0.1:1 disabled'],
            spare: ['http-request return status 203'],
          },
        },
        normal: (text) => text.replace(/^connection: .*\r\n/gim, ''),
      });
    },
  );
