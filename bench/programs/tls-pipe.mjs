// node tls-pipe.mjs PORT ORIGIN PEM: TLS taken off, bytes there and back. What a terminator in Node cannot be faster than without tricks.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createServer } from 'node:tls';

const [port, origin] = process.argv.slice(2, 4).map(Number);
const pem = readFileSync(process.argv[4]);
createServer({ key: pem, cert: pem, noDelay: true }, (client) => {
  const server = connect({ port: origin, host: '127.0.0.1', noDelay: true });
  const end = () => {
    client.destroy();
    server.destroy();
  };
  client.on('error', end).on('close', end);
  server.on('error', end).on('close', end);
  client.pipe(server).pipe(client);
})
  .on('tlsClientError', () => {})
  .listen(port, '127.0.0.1', 4096);
