// Shared by the bare pipes: forwards bytes both ways, and closing one side closes the other.
import { connect } from 'node:net';

export function passOn(origin) {
  return (client) => {
    const server = connect({ port: origin, host: '127.0.0.1', noDelay: true });
    const end = () => {
      client.destroy();
      server.destroy();
    };
    client.on('error', end).on('close', end);
    server.on('error', end).on('close', end);
    client.pipe(server).pipe(client);
  };
}
