import { localTime } from '@headgate/shared/log/line';
import type { StatsEvent } from '../events.ts';
import type { Line } from './lines.ts';
import { markup, type Markup } from './markup.ts';

/** Where the forms of `stats admin` go, and what proves that this page made them. */
export interface Forms {
  readonly action: string;
  readonly token: string;
}

/** What an operator can do with a server. Names are HAProxy's: its scripts send the same fields. */
export function actions({ name, wish, weight = 1 }: Line, backend: string, { action, token }: Forms): Markup {
  // A form for each: Enter in the field of a weight must not press the first button of the others.
  const form = (inputs: readonly Markup[]): Markup =>
    markup`<form method="post" action="${action}">
      <input type="hidden" name="token" value="${token}" /><input type="hidden" name="b" value="${backend}" /><input
        type="hidden"
        name="s"
        value="${name}"
      />${inputs}
    </form>`;
  const button = (one: string): Markup =>
    markup`<button name="action" value="${one}" title="Set ${name} to ${one}">${one}</button>`;
  const others = (['ready', 'drain', 'maint'] as const).filter((one) => one !== wish);
  const field = markup`<input
      type="number"
      name="weight"
      min="0"
      max="256"
      value="${weight}"
      aria-label="Weight of ${name}"
    /><button name="action" value="weight" title="Set the weight of ${name}">weight</button>`;
  return markup`${form(others.map(button))}${form([field])}`;
}

/** `now`: milliseconds since 1970. Of an event on another day the day is shown too. */
export function eventItem({ at, severity, where, text, times }: StatsEvent, now: number): Markup {
  const tone = severity === 'error' ? 'down' : severity === 'warning' ? 'warn' : 'calm';
  const often = times > 1 ? ` (${times} times)` : '';
  return markup`<li>
    <small>${when(at, now)}</small><span class="tone ${tone}">${severity}</span
    ><b>${where}</b><span>${text}${often}</span>
  </li>`;
}

/** In the time zone of the process, as its log has it. */
function when(at: number, now: number): string {
  const [date = '', time = ''] = localTime(new Date(at)).split(' ');
  return date === localTime(new Date(now)).split(' ')[0] ? time.slice(0, 8) : `${date} ${time.slice(0, 8)}`;
}
