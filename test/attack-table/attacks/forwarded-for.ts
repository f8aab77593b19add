import { send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const forwardedFor: Attack = {
  kind: 'spoof',
  title: 'a client that forges X-Forwarded-For',
  async run(t, victim) {
    const client = await send(t, victim, 'GET /spoof HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n');
    await client.expect('\r\n\r\n').catch(() => undefined);
    const values = [...(victim.origin.to('/spoof')[0]?.head ?? '').matchAll(/^x-forwarded-for: *(.*)\r$/gim)].flatMap(
      ([, value]) => value?.split(/, */) ?? [],
    );
    return values.at(-1)?.endsWith('127.0.0.1') === true ? undefined : `the server reads ${values.at(-1) ?? 'nothing'}`;
  },
};
