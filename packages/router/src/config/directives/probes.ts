/** TCP keep-alive: the system's probes of connections that are silent. */
import type { Cursor } from '@headgate/shared/config/cursor';
import { proxyValue } from '../directive.ts';
import type { Context, ProxyDirective } from '../directive.ts';
import { BACK, EVERYWHERE, FRONT } from '../sections.ts';

function probing(
  name: string,
  sections: ProxyDirective['sections'],
  sides: readonly ('client' | 'server')[],
  doc: string,
): ProxyDirective {
  return {
    sections,
    doc,
    example: `option ${name}`,
    apply(cursor, draft) {
      for (const side of sides) draft.settings.probes[side] = true;
      cursor.end();
    },
    negate(draft) {
      for (const side of sides) draft.settings.probes[side] = false;
    },
  };
}

/** HAProxy counts seconds; Node.js sets them. */
function seconds(cursor: Cursor, _context: Context): number | undefined {
  const time = cursor.duration('a duration');
  return time === undefined ? undefined : Math.max(1, Math.ceil(time / 1000));
}

export const probeOptions = {
  clitcpka: probing('clitcpka', FRONT, ['client'], 'TCP keep-alive probes to clients.'),
  srvtcpka: probing('srvtcpka', BACK, ['server'], 'TCP keep-alive probes to servers.'),
  tcpka: probing(
    'tcpka',
    EVERYWHERE,
    ['client', 'server'],
    'TCP keep-alive probes: of a frontend to its clients, of a backend to its servers.',
  ),
} as const satisfies Record<string, ProxyDirective>;

export const probes = {
  'clitcpka-idle': proxyValue(
    {
      sections: FRONT,
      doc: "Silence before the first probe of `option clitcpka`, in whole seconds. Default: the system's, two hours in Linux.",
      example: 'clitcpka-idle 60s',
    },
    seconds,
    (settings, value) => void (settings.probes.clientAfter = value),
  ),
  'srvtcpka-idle': proxyValue(
    {
      sections: BACK,
      doc: "Silence before the first probe of `option srvtcpka`, in whole seconds. Default: the system's.",
      example: 'srvtcpka-idle 60s',
    },
    seconds,
    (settings, value) => void (settings.probes.serverAfter = value),
  ),
} as const satisfies Record<string, ProxyDirective>;
