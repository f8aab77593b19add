import { setTimeout as pause } from 'node:timers/promises';
import { scenario } from '../../support/scenario.ts';
import { balanced, pass, queued, settle } from '../../support/tcp-cases.ts';
import { compareTcp } from '../../support/tcp-table.ts';
import type { TcpCase } from '../../support/tcp-table.ts';

const cases: Readonly<Record<string, TcpCase>> = {
  'roundrobin takes turns': balanced([]),
  'static-rr takes turns': balanced(['balance static-rr']),
  'leastconn takes turns while all are idle': balanced(['balance leastconn']),
  'first fills the first': balanced(['balance first']),
  'source keeps clients on servers': balanced(['balance source'], 8, (index) => `127.0.0.${index + 1}`),
  'source with a ring': balanced(['balance source', 'hash-type consistent'], 8, (index) => `127.0.0.${index + 1}`),
  'hash of an address': balanced(['balance hash src'], 8, (index) => `127.0.0.${index + 1}`),
  'uri falls back to turns': balanced(['balance uri']),
  'hdr falls back to turns': balanced(['balance hdr(host)']),
  'url_param falls back to turns': balanced(['balance url_param a']),
  'a client that ends first': {
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one, 'hello');
      accepted.send('answer');
      await own.expect('answer');
      own.end();
      await accepted.ended();
      accepted.end();
      await own.ended();
      return lines(1);
    },
  },
  'a server that ends first': {
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one, 'hello');
      accepted.send('answer');
      accepted.end();
      await own.expect('answer');
      await own.ended();
      own.send('more');
      await accepted.expect('hellomore');
      own.end();
      await accepted.ended();
      return lines(1);
    },
  },
  'a client that resets': {
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      own.reset();
      return [await accepted.ended(), await lines(1)];
    },
  },
  'timeout server in silence': {
    backend: ['timeout server 300ms', 'server one 127.0.0.1:$one'],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      const ends = [await own.ended(), accepted.ending];
      own.end();
      return [ends, await accepted.ended(), await lines(1)];
    },
  },
  'timeout client and server in silence': {
    frontend: ['timeout client 300ms'],
    backend: ['timeout server 300ms', 'server one 127.0.0.1:$one'],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      await Promise.all([own.ended(), accepted.ended()]);
      // Whose timeout comes first is chance.
      return (await lines(1)).map((line) => line.replace(/ [cs]D /, ' xD '));
    },
  },
  'timeout tunnel in silence': {
    backend: ['timeout tunnel 300ms', 'server one 127.0.0.1:$one'],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      await Promise.all([own.ended(), accepted.ended()]);
      // Whose timeout comes first is chance.
      return (await lines(1)).map((line) => line.replace(/ [cs]D /, ' xD '));
    },
  },
  'timeout client-fin after the client ended': {
    frontend: ['timeout client-fin 300ms'],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      own.end();
      await accepted.ended();
      await pause(600);
      const { ending } = own;
      accepted.end();
      await own.ended();
      return [ending, await lines(1)];
    },
  },
  'timeout server-fin after the client ended': {
    backend: ['timeout server-fin 300ms', 'server one 127.0.0.1:$one'],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      own.end();
      await accepted.ended();
      return [await own.ended(), await lines(1)];
    },
  },
  'timeout client-fin after the server ended': {
    frontend: ['timeout client-fin 300ms'],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      accepted.end();
      await own.ended();
      return [await accepted.ended(), await lines(1)];
    },
  },
  'no server is there': {
    backend: ['retries 0', 'server one 127.0.0.1:$dead'],
    async play({ client, lines }) {
      const own = await client();
      return [await own.ended(), await lines(1)];
    },
  },
  'a backend without servers': {
    backend: [],
    async play({ client, lines }) {
      const own = await client();
      return [await own.ended(), await lines(1)];
    },
  },
  'retries at a dead server': {
    backend: ['retries 1', 'timeout connect 300ms', 'server one 127.0.0.1:$dead'],
    async play({ client, lines }) {
      const own = await client();
      return [await own.ended(), await lines(1)];
    },
  },
  'redispatch to a server that lives': {
    backend: [
      'retries 1',
      'timeout connect 300ms',
      'option redispatch',
      'server dead 127.0.0.1:$dead',
      'server one 127.0.0.1:$one',
    ],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      accepted.end();
      own.end();
      return [await own.ended(), await lines(1)];
    },
  },
  'timeout queue': {
    backend: ['timeout queue 300ms', 'server one 127.0.0.1:$one maxconn 1'],
    play: (stage) => queued(stage, (second) => second.send('waits')),
  },
  'a place in the queue': {
    backend: ['server one 127.0.0.1:$one maxconn 1'],
    async play({ client, one, lines }) {
      const first = await client();
      const accepted = await pass(first, one);
      const second = await client();
      second.send('waited');
      await settle();
      accepted.end();
      first.end();
      const next = await one.next();
      await next.expect('waited');
      next.end();
      second.end();
      await second.ended();
      return lines(2);
    },
  },
  'a client that leaves the queue': {
    backend: ['server one 127.0.0.1:$one maxconn 1'],
    async play({ client, one, lines }) {
      const first = await client();
      const accepted = await pass(first, one);
      const second = await client();
      second.send('leaves');
      await pause(200);
      second.reset();
      await pause(200);
      accepted.end();
      first.end();
      await first.ended();
      return [await lines(2), one.connections.length];
    },
  },
};

scenario('mode tcp places, carries and ends connections as HAProxy does', (t) => compareTcp(t, cases));
