import type { RawServer } from '../../support/raw.ts';
import { scenario } from '../../support/scenario.ts';
import { THREE, arrived, order, pass, settle } from '../../support/tcp-cases.ts';
import { compareTcp } from '../../support/tcp-table.ts';
import type { TcpCase } from '../../support/tcp-table.ts';

const cases: Readonly<Record<string, TcpCase>> = {
  'a backend in mode http': {
    frontend: ['tcp-request inspect-delay 5s', 'tcp-request content accept if HTTP', 'use_backend $name-h if HTTP'],
    sections: {
      'backend $name-h': [
        'mode http',
        'http-request set-header X-Seen yes',
        'http-request deny if { path /no }',
        'server two 127.0.0.1:$two',
      ],
    },
    async play({ client, one, two }) {
      const own = await client();
      own.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      const accepted = await two.next();
      await accepted.expect(/x-seen: yes\r\n/i);
      accepted.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      await own.expect(/ok$/);
      own.send('GET /no HTTP/1.1\r\nHost: x\r\n\r\n');
      await own.expect('403 Forbidden');
      const other = await client();
      await pass(other, one, 'SSH-2.0\r\n');
      return one.connections.length;
    },
  },
  'switch-mode http': {
    frontend: [
      'tcp-request inspect-delay 5s',
      'tcp-request content switch-mode http if HTTP',
      'http-request deny if { path /no }',
      'use_backend $name-h if { path /yes }',
    ],
    sections: { 'backend $name-h': ['mode http', 'http-request return status 204'] },
    async play({ client, one }) {
      const own = await client();
      own.send('GET /yes HTTP/1.1\r\nHost: x\r\n\r\n');
      await own.expect('204 No Content');
      own.send('GET /no HTTP/1.1\r\nHost: x\r\n\r\n');
      await own.expect('403 Forbidden');
      const other = await client();
      await pass(other, one, 'SSH-2.0\r\n');
      return one.connections.length;
    },
  },
  'tcp-response content reject': {
    backend: [
      'tcp-response inspect-delay 5s',
      'tcp-response content reject if { res.payload(0,3) -m str BAD }',
      'tcp-response content accept if { res.len gt 3 }',
      'server one 127.0.0.1:$one',
    ],
    async play({ client, one, lines }) {
      const bad = await client();
      (await pass(bad, one)).send('BAD1');
      const ending = await bad.ended();
      await lines(1);
      const good = await client();
      const accepted = await pass(good, one);
      accepted.send('GO');
      await settle();
      const before = good.text;
      accepted.send('OD');
      await good.expect('GOOD');
      accepted.end();
      good.end();
      await good.ended();
      return [ending, bad.text, before, await lines(2)];
    },
  },
  'tcp-response content close': {
    backend: [
      'tcp-response inspect-delay 5s',
      'tcp-response content close if { res.payload(0,3) -m str BAD }',
      'server one 127.0.0.1:$one',
    ],
    async play({ client, one, lines }) {
      const bad = await client();
      const accepted = await pass(bad, one);
      accepted.send('BAD1');
      const ending = [await bad.ended(), await accepted.ended()];
      return [ending, bad.text, await lines(1)];
    },
  },
  'tcp-response inspect-delay runs out': {
    backend: [
      'tcp-response inspect-delay 300ms',
      'tcp-response content reject if WAIT_END { res.len 0 }',
      'server one 127.0.0.1:$one',
    ],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      return [await own.ended(), await accepted.ended(), await lines(1)];
    },
  },
  'stick on src': {
    backend: ['stick-table type ip size 10', 'stick on src', ...THREE],
    play: (stage) => order(stage, 6, (index) => `127.0.0.${(index % 2) + 1}`),
  },
  'stick on bytes of both sides': {
    backend: [
      'stick-table type binary len 32 size 10',
      'tcp-request inspect-delay 5s',
      'tcp-request content accept if { req.len gt 2 }',
      'tcp-response inspect-delay 5s',
      'tcp-response content accept if { res.len gt 2 }',
      'stick on payload_lv(1,1) if { req.payload(0,1) -m str S }',
      'stick store-response payload_lv(1,1) if { res.payload(0,1) -m str S }',
      ...THREE,
    ],
    async play({ client, one, two, three }) {
      const servers = [one, two, three];
      let seen = '';
      for (const text of ['N\x01a', 'S\x01a', 'S\x01a', 'S\x01b', 'S\x01a']) {
        const before = servers.map(({ connections }) => connections.length);
        const own = await client();
        own.send(text);
        const at = await arrived(() =>
          servers.findIndex(({ connections }, index) => connections.length > (before[index] ?? 0)),
        );
        seen += String(at + 1);
        const accepted = servers[at]?.connections.at(-1);
        accepted?.send('S\x01a');
        await own.expect('S\x01a');
        accepted?.end();
        own.end();
        await own.ended();
      }
      return seen;
    },
  },
  'RDP by its cookie': {
    backend: [
      'balance rdp-cookie',
      'persist rdp-cookie',
      'tcp-request inspect-delay 5s',
      'tcp-request content accept if RDP_COOKIE',
      ...THREE,
    ],
    async play({ client, one, two, three }) {
      const servers = [one, two, three];
      let seen = '';
      const brokered = ({ port }: RawServer): string => {
        const bytes = Buffer.from([127, 0, 0, 1, port >> 8, port & 0xff]);
        return `msts=${bytes.readUInt32LE(0)}.${bytes.readUInt16LE(4)}.0000`;
      };
      for (const cookie of [
        'mstshash=anna',
        'mstshash=bert',
        'mstshash=anna',
        'mstshash=carla',
        brokered(three),
        brokered(one),
      ]) {
        const before = servers.map(({ connections }) => connections.length);
        const own = await client();
        const line = `Cookie: ${cookie}\r\n`;
        own.send(
          `\x03\0\0${String.fromCharCode(line.length + 11)}${String.fromCharCode(line.length + 6)}\xe0\0\0\0\0\0${line}`,
        );
        const at = await arrived(() =>
          servers.findIndex(({ connections }, index) => connections.length > (before[index] ?? 0)),
        );
        seen += String(at + 1);
        servers[at]?.connections.at(-1)?.end();
        own.end();
        await own.ended();
      }
      return seen;
    },
  },
  'use-server': {
    backend: ['use-server three if { src 127.0.0.3 }', ...THREE],
    play: (stage) => order(stage, 4, (index) => `127.0.0.${index + 1}`),
  },
  'PROXY headers in and out': {
    bind: 'accept-proxy',
    backend: ['server one 127.0.0.1:$one send-proxy'],
    async play({ client, one, lines }) {
      const own = await client();
      own.send('PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222\r\nhello');
      const accepted = await one.next();
      const text = await accepted.expect('hello');
      accepted.end();
      own.end();
      await own.ended();
      return [text, await lines(1)];
    },
  },
  'PROXY v2 headers out': {
    bind: 'accept-proxy',
    backend: ['server one 127.0.0.1:$one send-proxy-v2'],
    async play({ client, one }) {
      const own = await client();
      own.send('PROXY TCP6 2001:db8::1 2001:db8::2 1111 2222\r\nhello');
      const accepted = await one.next();
      return accepted.expect('hello');
    },
  },
  'captured bytes in the log': {
    frontend: [
      'tcp-request inspect-delay 5s',
      'tcp-request content capture req.payload(0,5) len 8',
      'tcp-request content accept if { req.len gt 4 }',
      'log-format "%ci $name $name:%[capture.req.hdr(0)] %ts %B %U"',
    ],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one, 'hello world');
      accepted.send('12345');
      await own.expect('12345');
      accepted.end();
      own.end();
      await own.ended();
      return lines(1);
    },
  },
};

scenario('mode tcp turns into requests, looks at servers and speaks PROXY as HAProxy does', (t) =>
  compareTcp(t, cases),
);
