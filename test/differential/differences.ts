/** What is known to differ from HAProxy 2.6, with the reason. docs/differences.md lists it. */
export interface Known {
  readonly what: string;
  readonly why: string;
}

/** What the requests of a comparison meet: both texts are made equal before they are compared. */
export interface Difference extends Known {
  /** Makes a response, or a log line, what both would have without the difference. */
  readonly even: (text: string) => string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    what: 'Names of fields keep their spelling',
    why: 'HAProxy writes the names of fields it passes on in lower case; the router keeps the bytes. Names mean the same in any case.',
    even: (text) => text.replaceAll(/^[A-Za-z0-9-]+(?=:)/gm, (name) => name.toLowerCase()),
  },
  {
    what: 'The order of fields',
    why: 'Fields that rules replace stand last in both, but HAProxy writes Connection where the message had it. The order of fields with different names means nothing.',
    even: (text) => {
      const [head = '', ...body] = text.split('\r\n\r\n');
      const [first = '', ...fields] = head.split('\r\n');
      return [[first, ...fields.toSorted()].join('\r\n'), ...body].join('\r\n\r\n');
    },
  },
  {
    what: 'An Upgrade that Connection does not announce',
    why: 'HAProxy passes the field on although it starts nothing; the router removes what belongs to one connection only (RFC 9110 §7.8).',
    even: (text) => text.replaceAll(/\r\nupgrade:[^\r\n]*/gi, ''),
  },
  {
    what: 'Times, ports, byte counts and how many others are served, in log lines',
    why: 'They depend on the moment. The router counts the bytes of heads as they are on the wire, HAProxy those of its own representation.',
    even: (text) =>
      text
        .replaceAll(/127\.0\.0\.1:\d+/g, 'CLIENT')
        .replaceAll(/\[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?\]/g, '[DATE]')
        .replaceAll(/:\d{4,5}(?= \[DATE\])/g, ':PORT')
        .replaceAll(
          / (-?\d+(?:\/-?\d+){3}\/\+?-?\d+) (-?\d+) \+?\d+ /g,
          (_, timers: string, status: string) => ` ${timers.replaceAll(/(?<!-)\b\d+/g, 'T')} ${status} BYTES `,
        )
        .replaceAll(/ -?\d+\/-?\d+\/\+?-?\d+ \d+ (?=[A-Z-]{2} \d)/g, ' TIMES BYTES ')
        .replaceAll(/ \d+\/\d+\/\d+(\/\d+\/\+?\d+ \d+\/\d+ )/g, ' OPEN/OPEN/OPEN$1'),
  },
  {
    what: 'Dates of cookies and of statistics pages',
    why: 'They depend on the moment.',
    even: (text) =>
      text.replaceAll(/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d[ -]\w{3}[ -]\d{4} \d\d:\d\d:\d\d GMT/g, 'DATE'),
  },
  {
    what: 'The statistics page',
    why: 'It has the same numbers, and a page of its own with fields of its own; its CSV, JSON and commands are compared elsewhere (test/scenarios/router/statistics.test.ts). HAProxy logs its demand for a password as 400.',
    even: (text) => {
      if (/<title>Statistics Report|<title>[^<]*statistics|HAProxy\/Statistics/i.test(text)) return text.slice(0, 12);
      if (/^HTTP\/1\.1 200 OK\r\ncache-control: no-(?:cache|store)\r\nconnection: close\r\n/.test(text))
        return text.slice(0, 12);
      if (text.startsWith('HTTP/1.1 303 See Other\r\n')) return text.replace(/;st=\w+/, ';st=');
      return text.replace(/\/<(?:STATS|NOSRV)> \S+ (?:400|401) BYTES (\S+ \S+) (?:LR|PR)--/, '/STATS BYTES $1');
    },
  },
  {
    what: 'The field Connection in rules and captures',
    why: 'HAProxy takes `close` and `keep-alive` out of Connection before any rule; here rules and captures see the field as it came.',
    even: (text) => text.replaceAll(/(?<=[{|])(?:close|keep-alive)(?=[|}])/gi, ''),
  },
];

/** What those requests do not meet. */
export const NOT_MET: readonly Known[] = [
  {
    what: '`set weight` where a map-based hash or `static-rr` chooses',
    why: 'HAProxy takes only 0 % and 100 % there; here the slots are laid out again.',
  },
  {
    what: '`tcp-response content close` on a complete response in mode http',
    why: 'HAProxy forwards it, and closes the connection to the server; here it is a 502, as for every other response that the rule ends.',
  },
  {
    what: 'Requests that rules send elsewhere',
    why: "With `option transparent`, or a server without a port, a request to which `set-dst` gave another address gets a connection of its own. HAProxy shares one between requests to the same address, and with `option transparent` goes on with the client's connection whatever the rule says.",
  },
  {
    what: 'An absolute target that a rule changes',
    why: 'The server gets the path alone (RFC 9112 §3.2.1); HAProxy keeps scheme and host.',
  },
  {
    what: 'Binary values with a zero byte',
    why: "A text made of one is complete; HAProxy's ends before the zero (`req.body -m sub x` sees nothing after it).",
  },
  {
    what: 'Blanks at the ends of a value that a rule sets',
    why: 'They belong to no value (RFC 9110 §5.5) and are not sent.',
  },
  {
    what: 'The version and the length of an `errorfile`',
    why: "The router sends HTTP/1.1 and a Content-Length, and the client's connection stays open; HAProxy sends the version in the file, and closes where it says no length. A request that cannot be read gets the page of 400 too; HAProxy sends its own.",
  },
  {
    what: 'A client that resets its connection while it waits',
    why: 'It leaves the queue, or its server, at once (`CQ`, `CH`). Without `option abortonclose` HAProxy notices it when it writes to the client (`CD`), and its server works until then.',
  },
  {
    what: 'Values of the response in `http-response return`',
    why: 'The router still has the response that it replaces; for HAProxy `%[status]` and `%[res.hdr(x)]` are empty there.',
  },
  {
    what: 'What statistics count of a response that is asked for again (`retry-on`)',
    why: 'One retry, or one redispatch. HAProxy counts a retry for each, and another one at the same server; and a response that the server resets twice in `eresp`.',
  },
  {
    what: 'Edits of a head when a body fills the buffer',
    why: 'Heads have room of their own: a rule does not fail because `option http-buffer-request` holds a body.',
  },
];

/** Lines that HAProxy accepts and the router refuses. */
export const LINES_REFUSED: readonly Known[] = [
  {
    what: 'A converter in a word of its own (`set-var(txn.a) hdr(host), lower`, `stick on src ipmask(24)`)',
    why: 'An expression is one word: `hdr(host),lower`.',
  },
  {
    what: 'A name of a field that is not one (`set-header "a b" x`, `X-A(1)`)',
    why: 'It would break the message, or a second reading of it.',
  },
  {
    what: 'A path that a rule has emptied (`set-path %[path,regsub(^/api,)]` for `/api`)',
    why: 'HAProxy sends a request line without a target, which servers refuse; the router sends `/`, as an empty path means (RFC 9112 §3.2.1).',
  },
  {
    what: 'A path, query, method or status that no message may have (`set-path a`, `set-method post`, `set-status 600`)',
    why: 'The same. A status is 200 to 599; `set-uri` is a path.',
  },
  {
    what: 'Letters after a number or a parenthesis (`len 10x`, `status 429x`, `sc-inc-gpc0(0)x`), a negative slot, a capture longer than 65535 bytes',
    why: 'HAProxy reads what number it finds and ignores the rest. Durations (`5sec`) and most numbers of directives are read as HAProxy does, with a warning.',
  },
  {
    what: '`if` and `unless` without a condition; `or` without a term beside it',
    why: 'HAProxy takes it for a condition that never holds.',
  },
  {
    what: '`if` where a value belongs (`set-header X-A if`)',
    why: 'A value is missing more often than it is `if`: write `"%[str(if)]"`.',
  },
  {
    what: 'A condition that needs what there is not yet (`http-request deny if { status 403 }`, `tcp-request connection reject if { path /a }`), or never (`req.ssl_hello_type` in mode http)',
    why: 'HAProxy warns, and it never holds.',
  },
  {
    what: 'A word after an empty one (`deny "" deny_status 429`)',
    why: 'HAProxy ends the line at the empty word. Empty words at the end are none in both.',
  },
  {
    what: 'A list that ends in a comma (`set-var(txn.a,)`), empty parentheses of an action or none (`sc-inc-gpc0()`), a missing last value (`sc-set-gpt0(0)`, `set-var-fmt(txn.a)`)',
    why: 'HAProxy reads what is missing as nothing, or as 0.',
  },
  {
    what: 'Words after the last that a keyword reads (`tcp-request inspect-delay 5s if HTTP`, `balance source x`)',
    why: 'HAProxy ignores them after some keywords, whatever they are to do.',
  },
  {
    what: '`use_backend` in a backend',
    why: 'HAProxy warns that it has no effect. What it was to do is not done.',
  },
  { what: 'A peer without an address or a port', why: 'HAProxy drops the line, or the peer is never reached.' },
];

/** Lines that the router accepts and HAProxy refuses. */
export const LINES_ACCEPTED: readonly Known[] = [
  {
    what: 'What a response rule reads of the request (`http-response set-header X-Path %[path]`, `tcp-response content set-var(txn.a) path`)',
    why: 'The router still has the head. A warning says so, for in HAProxy a condition on it (`http-response deny if { path /a }`) never holds.',
  },
  { what: '`normalize-uri` without `expose-experimental-directives`', why: 'Nothing here has to be exposed.' },
  {
    what: '`tcp-request connection sc-set-gpt0(0)` with an expression',
    why: 'HAProxy 2.6.12 ends with an internal error.',
  },
  { what: '`http-request capture … id N` in `defaults`', why: 'The slot is that of the frontend which uses them.' },
  { what: 'Formats of requests in mode tcp (`log-format %HM`)', why: 'A connection may go on in mode http.' },
  { what: 'Words of later versions (`shards` of peers, `sc-add-gpc`)', why: '[Compatibility](compatibility.md).' },
];

export function even(text: string): string {
  return DIFFERENCES.reduce((one, difference) => difference.even(one), text);
}
