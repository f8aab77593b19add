import { FRONTENDS } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { readBinds } from '../../bind.ts';

export const bind: ProxyDirective = {
  sections: FRONTENDS,
  doc: "Where to listen: `address:port`, `*:port`, `:port`, `[::1]:port`, a range `:8000-8010`, a unix socket `/run/x.sock`, or several with commas. `$NAME` and `${NAME}` are environment variables. Parameters: `accept-proxy`, `name N`, `maxconn N`, `backlog N`, `mode 660` (unix socket), `v4v6`, `v6only`, `shards N` (listening sockets on the one port, so many connections are accepted at a time; 16 where nothing is said, shared among the ports of the line; unix sockets and systems other than Linux have one). TLS is the terminator's.",
  example: 'bind 0.0.0.0:80\nbind /run/router.sock mode 660 accept-proxy',
  apply(cursor, draft, context) {
    const word = cursor.need('an address');
    if (word !== undefined) draft.binds.push(...readBinds(word, cursor, context));
  },
};
