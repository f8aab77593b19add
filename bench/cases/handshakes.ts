import { handshakes } from '../load/handshakes.ts';
import type { Case } from '../measure/sample.ts';
import { answers } from '../verify.ts';
import { rowsOf } from './rows.ts';

/** One request on each new TLS 1.3 connection with X25519. */
export const handshakesRsa: Case = {
  title: 'New TLS connections, RSA-2048 key',
  item: 'connection',
  requests: 'irrelevant',
  origin: 'files',
  key: 'rsa',
  rows: rowsOf(['terminator', 'terminator-before', 'tls-pipe', 'stunnel', 'hitch', 'haproxy-tls']),
  loads: [
    { name: 'full handshake', run: handshakes('full') },
    { name: 'resumed', run: handshakes('resumed') },
  ],
  verify: answers({}),
};

/** Of `perf record -e cpu-clock -F 2999 -g` beside this load, 2026-11-27, on a busy machine: shares, which depend on that less than figures. */
const SHARES = `Where the time of a full handshake goes, in per cent of each program's processor time (\`perf record -e cpu-clock -F 2999 -g -p PID\`, for Node
with \`--perf-basic-prof\`, under the load of this case; shares of 2026-11-27 from a busy machine):

| | tls-terminator | bare TLS in Node | hitch |
|---|---|---|---|
| OpenSSL, its memory included | 32 | 39 | 68 |
| kernel | 19 | 22 | 30 |
| JavaScript: Node's sockets and streams, and ours | 21 | 16 | |
| V8: calls between C++ and JavaScript, properties, new objects | 12 | 10 | |
| memory outside of OpenSSL | 6 | 6 | |
| Node's C++ and libuv | 5 | 5 | |
| collections | 4 | 2 | |
| hitch and libev | | | 2 |

OpenSSL and the kernel do the same for all three. What bare Node has beyond that is its own: a \`Socket\` and a \`TLSSocket\` for each client, a \`Socket\` for the server, some twenty
listeners. In a profile of JavaScript (\`--cpu-prof\`) our functions have 12 % of the terminator's time, its start included, none of them more than 0.7 %. Single items:

- the two session tickets that OpenSSL makes for each full handshake: 4.7 %. hitch makes them too; Node has no call for their number.
- the key log, by which key updates are counted ([decision 42](adr/0042-key-updates-are-counted.md)): 3.2 %, more than the half for copying its five lines into buffers. Without a
  function to call with four of them it was no less.
- finding the connection below a \`TLSSocket\` by its addresses: gone, with a system call. Full handshakes cost 0.94 (0.80 – 1.01) of what they did in the same rounds, resumed ones
  0.89 (0.81 – 1.19) (\`HEADGATE_BENCH_BEFORE=CLONE npm run bench -- --only handshakes-ec --rows terminator,terminator-before,tls-pipe,hitch\`, load average 31).
- the kernel's part of connecting to the server: 3.2 %.

What is left could only be saved by doing TLS on Node's handles without its streams; that would put the part most exposed to strangers on interfaces that Node does not document.`;

export const handshakesEc: Case = {
  ...handshakesRsa,
  title: 'New TLS connections, EC P-256 key',
  key: 'ec',
  findings: SHARES,
};
