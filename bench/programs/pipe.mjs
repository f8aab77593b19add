// node pipe.mjs PORT ORIGIN: bytes there and back, nothing read. What a proxy in Node cannot be faster than without tricks.
import { connect, createServer } from 'node:net';

const [port, origin] = process.argv.slice(2).map(Number);
createServer({ noDelay: true }, (client) => {
  const server = connect({ port: origin, host: '127.0.0.1', noDelay: true });
  const end = () => {
    client.destroy();
    server.destroy();
  };
  client.on('error', end).on('close', end);
  server.on('error', end).on('close', end);
  client.pipe(server).pipe(client);
}).listen(port, '127.0.0.1', 4096);
