import { BACKENDS } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { checkName } from '../../names.ts';
import { readServerAddress, readServerParameters } from '../../server.ts';

export const server: ProxyDirective = {
  sections: BACKENDS,
  doc: 'A server: `server NAME ADDRESS:PORT [parameters]`; the address may be a name, an IP address or a unix socket, with environment variables as `$NAME` or `${NAME}`. The parameters are listed below.',
  example: 'server s1 localhost:3000 weight 1 maxconn 1024 check inter 10s',
  strict: true,
  apply(cursor, draft, context) {
    const { problems } = context;
    const name = cursor.need('a name');
    const address = name === undefined ? undefined : cursor.need('an address');
    if (name === undefined || address === undefined) return;
    checkName('server', name, problems);
    const parameters = { ...draft.settings.server };
    readServerParameters(cursor, parameters, context);
    const where = readServerAddress(address, context);
    if (where !== undefined) draft.servers.push({ name: name.text, at: name.at, address: where, parameters });
  },
};
