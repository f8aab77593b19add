// node pipe.mjs PORT ORIGIN: bytes there and back, nothing read. What a proxy in Node cannot be faster than without tricks.
import { createServer } from 'node:net';
import { passOn } from './pass-on.mjs';

const [port, origin] = process.argv.slice(2).map(Number);
createServer({ noDelay: true }, passOn(origin)).listen(port, '127.0.0.1', 4096);
