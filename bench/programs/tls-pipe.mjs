// node tls-pipe.mjs PORT ORIGIN PEM: terminates TLS and forwards bytes. A lower bound for the cost of an ordinary terminator in Node.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import { passOn } from './pass-on.mjs';

const [port, origin] = process.argv.slice(2, 4).map(Number);
const pem = readFileSync(process.argv[4]);
createServer({ key: pem, cert: pem, noDelay: true }, passOn(origin))
  .on('tlsClientError', () => {})
  .listen(port, '127.0.0.1', 4096);
