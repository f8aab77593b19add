import { loginSteps, logsConnectionsIn, withCredentials } from '../../support/login.ts';
import { happens, PATIENCE, send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const loginSharing: Attack = {
  kind: 'spoof',
  title: 'a stranger after a user with connection-based login (NTLM)',
  async run(t, victim) {
    logsConnectionsIn(victim.origin);
    const user = await send(t, victim, '');
    let answers = 0;
    for (const credentials of loginSteps()) {
      user.send(withCredentials(credentials));
      answers += 1;
      if (!(await happens(user.expect(new RegExp(`^([^]*?\\r\\n\\r\\n(no|welcome)){${answers}}$`), PATIENCE)))) break;
    }
    const loggedIn = user.text.endsWith('welcome');
    for (let round = 0; round < 5; round += 1) {
      const stranger = await send(t, victim, withCredentials(undefined));
      await happens(stranger.expect(/(no|welcome)$/, PATIENCE));
      if (stranger.text.endsWith('welcome')) return 'the stranger is served as the user';
    }
    return loggedIn ? undefined : 'login fails';
  },
};
