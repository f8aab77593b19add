/** Why words change nothing here, where several share the reason. */
export const NO_TLS_HERE = 'the router does not handle TLS; ciphers and certificates are set in tls-terminator';
export const NO_LUA = 'there is no Lua: what rules use of it is refused where they name it';
export const NAMES_KEEP_CASE = 'names of fields keep the case they came with';
export const KEEPS_STATE = 'a reload keeps the states of servers, and after a start checks decide';
export const KERNEL = 'Node.js sets up its sockets itself';
