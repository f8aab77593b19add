import { setTimeout as pause } from 'node:timers/promises';
import { clientHello } from '../../support/client-hello.ts';
import { scenario } from '../../support/scenario.ts';
import { pass, queued, refused, settle, unplaced } from '../../support/tcp-cases.ts';
import { compareTcp } from '../../support/tcp-table.ts';
import type { TcpCase } from '../../support/tcp-table.ts';

const cases: Readonly<Record<string, TcpCase>> = {
  'tcp-request connection reject': {
    frontend: ['tcp-request connection reject if { src 127.0.0.1 }'],
    async play({ client, one }) {
      const ending = await refused(client);
      const other = await client('127.0.0.2');
      await pass(other, one);
      return ending;
    },
  },
  'tcp-request session reject': {
    frontend: ['tcp-request session reject if { src 127.0.0.1 }'],
    async play({ client, one }) {
      const ending = await refused(client);
      const other = await client('127.0.0.2');
      await pass(other, one);
      return ending;
    },
  },
  'tcp-request content reject': {
    frontend: ['tcp-request content reject if { src 127.0.0.1 }'],
    async play({ client, lines }) {
      const own = await client();
      return [await own.ended(), await lines(1)];
    },
  },
  'tcp-request content reject in the backend': {
    backend: ['tcp-request content reject if { src 127.0.0.1 }', 'server one 127.0.0.1:$one'],
    async play({ client, lines }) {
      const own = await client();
      return [await own.ended(), await lines(1)];
    },
  },
  'logasap logs at the connection': {
    frontend: ['option logasap'],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      const line = await lines(1);
      accepted.send('more');
      await own.expect('more');
      accepted.end();
      own.end();
      await own.ended();
      return line;
    },
  },
  'backup servers are used when the others are down': {
    backend: ['server one 127.0.0.1:$dead check inter 50ms fall 1', 'server two 127.0.0.1:$two backup'],
    async play({ client, two, lines, counted }) {
      await counted('status', 'DOWN', 'one');
      const own = await client();
      const accepted = await pass(own, two);
      accepted.end();
      own.end();
      await own.ended();
      return lines(1);
    },
  },
  'all servers are down': {
    backend: ['server one 127.0.0.1:$dead check inter 50ms fall 1'],
    async play({ client, lines, counted }) {
      await counted('status', 'DOWN', 'one');
      const own = await client();
      return [await own.ended(), await lines(1)];
    },
  },
  'timeout client in the queue': {
    frontend: ['timeout client 200ms'],
    backend: ['timeout queue 900ms', 'timeout tunnel 1h', 'server one 127.0.0.1:$one maxconn 1'],
    play: (stage) => queued(stage, (second) => second.send('waits')),
  },
  'a client that ends in the queue with nothing sent': {
    backend: ['timeout queue 900ms', 'server one 127.0.0.1:$one maxconn 1'],
    play: (stage) =>
      queued(stage, async (second) => {
        await stage.counted('qcur', '1');
        second.end();
      }),
  },
  'a client that ends in the queue': {
    backend: ['timeout queue 900ms', 'server one 127.0.0.1:$one maxconn 1'],
    play: (stage) =>
      queued(stage, async (second) => {
        second.send('sent');
        await stage.counted('qcur', '1');
        second.end();
      }),
  },
  'a client that ends in the queue, with abortonclose': {
    backend: ['option abortonclose', 'timeout queue 900ms', 'server one 127.0.0.1:$one maxconn 1'],
    play: (stage) =>
      queued(stage, async (second) => {
        second.send('sent');
        await stage.counted('qcur', '1');
        second.end();
      }),
  },
  'a reset while rules wait': {
    frontend: ['tcp-request inspect-delay 2s', 'tcp-request content accept if { req.len gt 100 }'],
    async play({ client, lines }) {
      const own = await client();
      own.send('few');
      await pause(300);
      own.reset();
      return unplaced(await lines(1));
    },
  },
  'an end while rules wait': {
    frontend: ['tcp-request inspect-delay 2s', 'tcp-request content accept if { req.len gt 100 }'],
    async play({ client, one, lines }) {
      const own = await client();
      own.send('few');
      await settle();
      own.end();
      const accepted = await one.next();
      await accepted.expect('few');
      accepted.end();
      await own.ended();
      return lines(1);
    },
  },
  'inspect-delay runs out': {
    frontend: ['tcp-request inspect-delay 2s', 'tcp-request content reject if WAIT_END !REQ_CONTENT'],
    async play({ client, one, lines }) {
      const own = await client();
      const ending = await own.ended();
      // It need not wait: it comes before one that began earlier and sends nothing.
      const began = performance.now();
      const silent = await client();
      const other = await client();
      // With bytes that are there when the rules begin, HAProxy waits for the delay, and so do we.
      await settle();
      other.send('x');
      const accepted = await one.next();
      await accepted.expect('x');
      // A machine that took longer for this much cannot tell.
      const early = silent.ending === undefined || performance.now() - began > 1500;
      accepted.end();
      other.end();
      await other.ended();
      await silent.ended();
      return [ending, early, (await lines(3)).toSorted()];
    },
  },
  'timeout client while rules wait': {
    frontend: ['timeout client 200ms', 'tcp-request inspect-delay 900ms', 'tcp-request content accept if REQ_CONTENT'],
    async play({ client, lines }) {
      const own = await client();
      return [await own.ended(), unplaced(await lines(1))];
    },
  },
  'a test waits for bytes that make it true': {
    frontend: [
      'tcp-request inspect-delay 5s',
      'tcp-request content accept if { req.payload(0,0) -m sub done }',
      'use_backend $name-x if { req.payload(0,0) -m sub done }',
    ],
    sections: { 'backend $name-x': ['server two 127.0.0.1:$two'] },
    async play({ client, one, two, lines }) {
      const own = await client();
      own.send('not yet ');
      await settle();
      own.send('done');
      const accepted = await two.next();
      await accepted.expect('not yet done');
      accepted.end();
      own.end();
      await own.ended();
      return [one.connections.length, await lines(1)];
    },
  },
  'one alternative is enough': {
    frontend: [
      'tcp-request inspect-delay 5s',
      'tcp-request content reject if { req.payload(0,50) -m sub x } or { src 127.0.0.1 }',
    ],
    async play({ client, lines }) {
      return [await (await client()).ended(), await lines(1)];
    },
  },
  'a false test is not waited for': {
    frontend: [
      'tcp-request inspect-delay 5s',
      'tcp-request content reject if { src 10.0.0.1 } { req.payload(0,50) -m sub x }',
    ],
    async play({ client, one }) {
      const own = await client();
      const accepted = await one.next(2000);
      accepted.send('banner');
      await own.expect('banner');
      return own.text;
    },
  },
  'use_backend waits for nothing': {
    frontend: ['tcp-request inspect-delay 5s', 'use_backend $name-x if { req.len gt 0 }'],
    sections: { 'backend $name-x': ['server two 127.0.0.1:$two'] },
    async play({ client, one, two }) {
      const own = await client();
      const accepted = await one.next(2000);
      accepted.send('banner');
      await own.expect('banner');
      return two.connections.length;
    },
  },
  'a backend waits for itself': {
    backend: [
      'tcp-request inspect-delay 5s',
      'tcp-request content reject if { req.payload(0,3) -m str BAD }',
      'tcp-request content accept',
      'server one 127.0.0.1:$one',
    ],
    async play({ client, one, lines }) {
      const bad = await client();
      bad.send('BAD');
      const ending = await bad.ended();
      const good = await client();
      const accepted = await pass(good, one, 'GOOD');
      accepted.end();
      good.end();
      await good.ended();
      return [ending, await lines(2)];
    },
  },
  'TLS by its name': {
    frontend: [
      'tcp-request inspect-delay 5s',
      'tcp-request content accept if { req.ssl_hello_type 1 }',
      'tcp-request content reject',
      'use_backend $name-x if { req.ssl_sni -i one.example.org }',
      'use_backend $name-x if { req.ssl_sni -m end .wild.example.org } { req.ssl_ver gt 3.2 }',
    ],
    sections: { 'backend $name-x': ['server two 127.0.0.1:$two'] },
    async play({ client, one, two, lines }) {
      const seen: string[] = [];
      for (const [name, server] of [
        ['ONE.example.org', two],
        ['a.wild.example.org', two],
        ['other.example.org', one],
      ] as const) {
        const own = await client();
        const hello = await clientHello(name);
        own.send(hello.subarray(0, 20));
        await pause(20);
        own.send(hello.subarray(20));
        const accepted = await server.next();
        await accepted.expect('\x16\x03');
        accepted.end();
        own.end();
        await own.ended();
        seen.push(...(await lines(seen.length + 1)).slice(seen.length));
      }
      const plain = await client();
      plain.send('GET / HTTP/1.0\r\n\r\n');
      return [seen, await plain.ended(), (await lines(4)).at(-1)];
    },
  },
  'requests by their head': {
    frontend: [
      'tcp-request inspect-delay 5s',
      'tcp-request content accept if HTTP',
      'use_backend $name-x if { hdr(host) -i x.example.org }',
      'use_backend $name-y if METH_POST',
    ],
    sections: {
      'backend $name-x': ['server two 127.0.0.1:$two'],
      'backend $name-y': ['server three 127.0.0.1:$three'],
    },
    async play({ client, one, two, three, lines }) {
      const requests = [
        ['GET / HTTP/1.1\r\nHost: x.example.org\r\n\r\n', two],
        ['POST / HTTP/1.1\r\nHost: y.example.org\r\n\r\n', three],
        ['SSH-2.0-OpenSSH_9.2\r\n', one],
      ] as const;
      for (const [index, [text, server]] of requests.entries()) {
        const own = await client();
        const accepted = await pass(own, server, text);
        accepted.end();
        own.end();
        await own.ended();
        await lines(index + 1);
      }
      return lines(3);
    },
  },
};

scenario('mode tcp reads and follows rules as HAProxy does', (t) => compareTcp(t, cases));
