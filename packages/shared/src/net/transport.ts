/** The sockets of the runtime this process runs on: Node's. Another runtime is another folder beside `node/`, chosen here. */
export { Acceptor, type AcceptorOptions } from './node/acceptor.ts';
export { bindsPath } from './node/inherited.ts';
export { dial, type DialOptions } from './node/dial.ts';
export { measured } from './node/plain-link.ts';
