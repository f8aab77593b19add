import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

/** `option httplog`, field by field (HAProxy's configuration manual, 8.2.3). */
const HTTPLOG =
  /^(?<client>[\d.]+):(?<port>\d+) \[(?<date>\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3})\] (?<frontend>\S+) (?<backend>[^/ ]+)\/(?<server>\S+) (?<TR>-?\d+)\/(?<Tw>-?\d+)\/(?<Tc>-?\d+)\/(?<Tr>-?\d+)\/(?<Ta>\d+) (?<status>-?\d+) (?<bytes>\d+) (?<requestCookie>\S+) (?<responseCookie>\S+) (?<state>\S{4}) (?<actconn>\d+)\/(?<feconn>\d+)\/(?<beconn>\d+)\/(?<srvconn>\d+)\/(?<retries>\+?\d+) (?<srvqueue>\d+)\/(?<bequeue>\d+) "(?<request>[^"]*)"$/;

forEachRouter('option httplog writes one line per request, field by field as HAProxy', async (t, router) => {
  const app = await startApp(t);
  const { url, syslog } = await startRouting(t, router, { backend: [`server one 127.0.0.1:${app.port}`] });
  await request(`${url}/a/b?c=d`, { from: '127.0.0.9', headers: { Cookie: 'a=b' } });
  const line = await syslog.message(/"GET/);
  const fields = HTTPLOG.exec(line)?.groups;
  assert.ok(fields, line);
  const {
    client,
    frontend,
    backend,
    server,
    Tw,
    status,
    requestCookie,
    responseCookie,
    state,
    request: requestLine,
  } = fields;
  assert.deepEqual(
    { client, frontend, backend, server, Tw, status, requestCookie, responseCookie, state, requestLine },
    {
      client: '127.0.0.9',
      frontend: 'front',
      backend: 'apps',
      server: 'one',
      Tw: '0',
      status: '200',
      requestCookie: '-',
      responseCookie: '-',
      state: '----',
      requestLine: 'GET /a/b?c=d HTTP/1.1',
    },
  );
  assert.equal(
    `${fields['actconn']}/${fields['feconn']}/${fields['beconn']}/${fields['srvconn']}/${fields['retries']}`,
    '1/1/0/0/0',
  );
  assert.ok(Number(fields['bytes']) > 0);
  assert.ok(
    Math.abs(Date.parse(String(fields['date']).replace(':', ' ').replaceAll('/', ' ')) - Date.now()) < 60_000,
    'local time',
  );
  assert.match(
    syslog.datagrams.at(-1) ?? '',
    /^<142>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+\[\d+\]: /,
    'local1.info, with date, program and process id',
  );
});

forEachRouter('a client cannot forge a second log line', async (t, router) => {
  const app = await startApp(t);
  const { url, syslog } = await startRouting(t, router, { backend: [`server one 127.0.0.1:${app.port}`] });
  await request(`${url}/quote"and%0ahash#`.replace('#', '')).catch(() => {});
  const line = await syslog.message(/quote/);
  assert.match(line, HTTPLOG);
});
