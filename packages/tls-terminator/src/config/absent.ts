/** stunnel's options without effect here: reported by name, never ignored silently. */

/** Options that would change what happens, and what to do instead. They stop the start. */
export const UNSUPPORTED: Readonly<Record<string, string>> = {
  CAengine:
    'keys and authorities in hardware are not supported: put the authority into a PEM file and name it with CAfile',
  CAstore: 'stores of providers are not supported: put the authorities into a PEM file and name it with CAfile',
  OCSPrequire: 'stapled answers are not demanded; OCSP or OCSPaia asks the responder',
  exec: 'programs are not started for connections: let systemd (a socket unit with Accept=yes) or socat run the program on a loopback port, and connect to that',
  setEnv: 'programs are not started for connections; see exec',
  transparent: 'Node.js cannot take over the address of a client; protocol = proxy-v2 passes it to the server',
  engine: 'keys in hardware are not supported: export the key to a PEM file, or keep stunnel for this service',
  engineCtrl: 'keys in hardware are not supported',
  engineDefault: 'keys in hardware are not supported',
  engineId: 'keys in hardware are not supported',
  engineNum: 'keys in hardware are not supported',
  provider: 'providers of OpenSSL are configured with OPENSSL_CONF in the environment of Node.js',
  providerParameter: 'providers of OpenSSL are configured with OPENSSL_CONF in the environment of Node.js',
  sessiond:
    'sessions are shared through tickets: give all machines the same ticketKeySecret and ticketMacSecret, or ticketKeys',
  xforwardedfor: 'a patch of stunnel; protocol = proxy-v2, and accept-proxy and option forwardfor in the router, do it',
  sendproxy: 'a patch of stunnel; protocol = proxy says the same',
  listenqueue: 'a patch of stunnel; the queue has room for 4096',
  ident: 'RFC 1413 user names are not asked for: no system sends them any more',
  libwrap:
    'hosts.allow and hosts.deny are not read: restrict addresses with nftables, or tcp-request connection in the router',
  include: 'a directory of files; only stunnel.conf has it, here give several -f',
};

/** Options without an observable effect, and why. Accepted with a warning. */
export const OBSOLETE: Readonly<Record<string, string>> = {
  RNDfile: 'the kernel seeds the random numbers',
  RNDbytes: 'the kernel seeds the random numbers',
  RNDoverwrite: 'the kernel seeds the random numbers',
  EGD: 'the kernel seeds the random numbers',
  compression: 'TLS compression was removed (CRIME)',
  stack: 'connections have no threads',
  logId: 'lines carry their connection number',
  dhParam: 'Diffie-Hellman over finite fields is not offered; groups are chosen with curves',
  TIMEOUTocsp: 'a responder has 5 seconds',
  execArgs: 'it belongs to exec',
  pty: 'it belongs to exec',
  taskbar: 'there is no Windows taskbar',
  iconActive: 'there is no Windows taskbar',
  iconError: 'there is no Windows taskbar',
  iconIdle: 'there is no Windows taskbar',
};

/** Values with which an unsupported option asks for nothing. */
export const HARMLESS_VALUES: Readonly<Record<string, readonly string[]>> = {
  libwrap: ['no'],
  transparent: ['none', 'no'],
  sessiond: ['no'],
  OCSPrequire: ['no'],
  engine: ['auto', 'dynamic'],
};

/** stunnel's other spellings of options. */
export const ALIASES: Readonly<Record<string, string>> = {
  session: 'sessionCacheTimeout',
  curve: 'curves',
};
