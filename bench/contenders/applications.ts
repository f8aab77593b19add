import { join } from 'node:path';
import type { Contender, Part, Place } from '../contender.ts';
import { ours } from './ours.ts';

/** The hosts of a thousand applications, each with its own backend. */
export const APPLICATIONS = Array.from(
  { length: 1000 },
  (_, index) => `app-${String(index).padStart(3, '0')}.example.com`,
);

/** One `use_backend` for each application, the same text for HAProxy and the router. */
export const routerApplications: Contender = {
  title: 'router',
  needs: [],
  compiles: true,
  tls: false,
  parts: (place) => [router(place, RULES)],
};

export const haproxyApplications: Contender = {
  title: 'HAProxy',
  needs: ['haproxy'],
  compiles: false,
  tls: false,
  parts: (place) => [haproxy(place, RULES)],
};

/** The same with two applications: every host but the first belongs to the second. What having a thousand costs is the difference. */
export const routerTwo: Contender = {
  ...routerApplications,
  title: 'router with two',
  parts: (place) => [router(place, TWO, 2)],
};

export const haproxyTwo: Contender = {
  ...haproxyApplications,
  title: 'HAProxy with two',
  parts: (place) => [haproxy(place, TWO, 2)],
};

/** What HAProxy users with a thousand applications write: one look-up in a map. */
export const haproxyMap: Contender = {
  ...haproxyApplications,
  title: 'HAProxy with a map',
  parts: (place) => {
    const { files, ...part } = haproxy(place, [
      `use_backend %[req.hdr(host),lower,map(${join(place.directory, 'hosts.map')})]`,
    ]);
    return [{ ...part, files: { ...files, 'hosts.map': APPLICATIONS.map((host) => `${host} ${host}\n`).join('') } }];
  },
};

const RULES = APPLICATIONS.map((host) => `use_backend ${host} if { hdr(host) -i ${host} }`);

const TWO = [...RULES.slice(0, 2), `default_backend ${APPLICATIONS[1]}`];

function router(place: Place, rules: readonly string[], many?: number): Part {
  return {
    listens: place.accept,
    files: { 'router.cfg': config(place, rules, many) },
    command: [...ours('router'), '-f', join(place.directory, 'router.cfg')],
  };
}

function haproxy(place: Place, rules: readonly string[], many?: number): Part {
  return {
    listens: place.accept,
    files: { 'haproxy.cfg': config(place, rules, many) },
    command: ['haproxy', '-db', '-f', join(place.directory, 'haproxy.cfg')],
  };
}

/** No health checks: a thousand of them would be a significant load. */
function config(place: Place, rules: readonly string[], many = APPLICATIONS.length): string {
  return `
global
    maxconn ${place.maxconn}
    nbthread 1

defaults
    mode http
    option forwardfor
    timeout client 86400000
    timeout server 86400000
    timeout connect 100000

frontend all
    bind 127.0.0.1:${place.accept}
    ${rules.join('\n    ')}
${APPLICATIONS.slice(0, many)
  .map((host) => `\nbackend ${host}\n    server one 127.0.0.1:${place.connect}\n`)
  .join('')}`;
}
