import { scenario } from '../../support/scenario.ts';
import { balanced, pass, queued } from '../../support/tcp-cases.ts';
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
    backend: ['timeout server 900ms', 'server one 127.0.0.1:$one'],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      const ends = [await own.ended(), accepted.ending];
      own.end();
      return [ends, await accepted.ended(), await lines(1)];
    },
  },
  'timeout client and server in silence': {
    frontend: ['timeout client 900ms'],
    backend: ['timeout server 900ms', 'server one 127.0.0.1:$one'],
    async play({ client, one, lines }) {
      const own = await client();
      const accepted = await pass(own, one);
      await Promise.all([own.ended(), accepted.ended()]);
      // Whose timeout comes first is chance.
      return (await lines(1)).map((line) => line.replace(/ [cs]D /, ' xD '));
    },
  },
  'timeout tunnel in silence': {
    backend: ['timeout tunnel 900ms', 'server one 127.0.0.1:$one'],
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
      // For another one the time runs out that began later.
      const other = await client();
      const left = await pass(other, one);
      left.end();
      await left.ended();
      const { ending } = own;
      accepted.end();
      await own.ended();
      return [ending, await lines(2)];
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
    async play({ client, one, lines, counted }) {
      const first = await client();
      const accepted = await pass(first, one);
      const second = await client();
      second.send('waited');
      await counted('qcur', '1');
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
    async play({ client, one, lines, counted }) {
      const first = await client();
      const accepted = await pass(first, one);
      const second = await client();
      second.send('leaves');
      await counted('qcur', '1');
      second.reset();
      await counted('qcur', '0');
      accepted.end();
      first.end();
      await first.ended();
      return [await lines(2), one.connections.length];
    },
  },
  'the queue is served in the order of arrival': {
    backend: ['server one 127.0.0.1:$one maxconn 1'],
    async play({ client, one, lines, counted }) {
      const first = await client();
      let accepted = await pass(first, one, '0');
      const waiting = [];
      for (const text of ['1', '2', '3']) {
        const next = await client();
        next.send(text);
        waiting.push(next);
        await counted('qcur', text);
      }
      const seen = [];
      let last = first;
      for (const next of waiting) {
        accepted.end();
        last.end();
        accepted = await one.next();
        await accepted.expect(/[123]/);
        seen.push(accepted.text);
        last = next;
      }
      accepted.end();
      last.end();
      await last.ended();
      return [seen, await lines(4)];
    },
  },
  'a place at any of the servers ends the wait': {
    backend: ['server one 127.0.0.1:$one maxconn 1', 'server two 127.0.0.1:$two maxconn 1'],
    async play({ client, one, two, lines, counted }) {
      const [first, second] = [await client(), await client()];
      const at = [await pass(first, one, '1'), await pass(second, two, '2')] as const;
      const third = await client();
      third.send('3');
      await counted('qcur', '1');
      at[1].end();
      second.end();
      const next = await two.next();
      await next.expect('3');
      for (const [near, far] of [
        [third, next],
        [first, at[0]],
      ] as const) {
        far.end();
        near.end();
        await near.ended();
      }
      return lines(3);
    },
  },
  'minconn grows to maxconn with the load of the backend, and is maxconn at fullconn': {
    backend: ['balance leastconn', 'fullconn 8', 'server one 127.0.0.1:$one minconn 1 maxconn 4'],
    async play({ client, counted }) {
      const clients = [];
      const waiting = [];
      for (let load = 1; load <= 9; load += 1) {
        const own = await client();
        clients.push(own);
        own.send('x');
        const { qcur } = await counted('scur', String(load));
        waiting.push(qcur);
      }
      for (const own of clients) own.reset();
      return waiting;
    },
  },
};

scenario('mode tcp places, carries and ends connections as HAProxy does', (t) => compareTcp(t, cases));
