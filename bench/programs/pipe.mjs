// node pipe.mjs PORT ORIGIN: forwards bytes without parsing. A lower bound for the cost of an ordinary proxy in Node.
import { createServer } from 'node:net';
import { passOn } from './pass-on.mjs';

const [port, origin] = process.argv.slice(2).map(Number);
createServer({ noDelay: true }, passOn(origin)).listen(port, '127.0.0.1', 4096);
