import type { Contender } from './contender.ts';
import {
  haproxyApplications,
  haproxyMap,
  haproxyTwo,
  routerApplications,
  routerTwo,
} from './contenders/applications.ts';
import { direct } from './contenders/direct.ts';
import { haproxy, haproxyTls } from './contenders/haproxy.ts';
import { hitch } from './contenders/hitch.ts';
import { nginx } from './contenders/nginx.ts';
import { httpProxy, httpProxy3, httpProxyAsItComes, httpxy, pipe, tlsPipe } from './contenders/node-programs.ts';
import { pipeline } from './contenders/pipeline.ts';
import { routerBefore, routerHttpProxy, routerWire } from './contenders/router.ts';
import { stunnel } from './contenders/stunnel.ts';
import { haproxyTcp, routerTcp } from './contenders/tcp.ts';
import { terminator, terminatorBefore } from './contenders/terminator.ts';
import { haproxyEdits, haproxyLimit, routerEdits, routerLimit } from './contenders/with-rules.ts';

/** All contenders. */
export const contenders = {
  router: routerWire,
  'router-http-proxy': routerHttpProxy,
  haproxy,
  nginx,
  pipe,
  'http-proxy': httpProxy,
  'http-proxy-as-it-comes': httpProxyAsItComes,
  'http-proxy-3': httpProxy3,
  httpxy,
  terminator,
  'tls-pipe': tlsPipe,
  stunnel,
  hitch,
  pipeline: pipeline(terminator, routerWire),
  'pipeline-unix': pipeline(terminator, routerWire, 'unix'),
  'stunnel+haproxy': pipeline(stunnel, haproxy),
  'hitch+haproxy': pipeline(hitch, haproxy),
  'haproxy-tls': haproxyTls,
  'router-applications': routerApplications,
  'haproxy-applications': haproxyApplications,
  'haproxy-map': haproxyMap,
  'router-two': routerTwo,
  'haproxy-two': haproxyTwo,
  'router-limit': routerLimit,
  'haproxy-limit': haproxyLimit,
  'router-edits': routerEdits,
  'haproxy-edits': haproxyEdits,
  'router-tcp': routerTcp,
  'haproxy-tcp': haproxyTcp,
  direct,
  'router-before': routerBefore,
  'terminator-before': terminatorBefore,
  'pipeline-before': pipeline(terminatorBefore, routerBefore),
} as const satisfies Record<string, Contender>;

export type ContenderName = keyof typeof contenders;
