import type { CertificatesView, CertificateView } from '../view.ts';
import type { Tone } from './lines.ts';
import { markup, type Markup, NOTHING } from './markup.ts';
import { count } from './numbers.ts';

/** Certificates that are listed, those that expire first. */
const MOST = 50;
const DAY = 86_400_000;
const TONES: Readonly<Record<CertificateView['state'], Tone>> = { valid: 'up', expiring: 'warn', expired: 'down' };

/** What the terminator serves, with the days that are left. `now`: milliseconds since 1970. */
export function certificatesSection(view: CertificatesView | undefined, now: number): Markup {
  if (view === undefined) return NOTHING;
  const list = view.list.slice(0, MOST);
  const part = view.total > list.length ? `, ${count(list.length)} of ${count(view.total)}` : '';
  const problem = markup`<p class="head soft"><span class="tone down">not reached</span> ${view.problem ?? ''}</p>`;
  return markup`<section aria-labelledby="certificates" class="tables" id="certificate-list">
    <div class="head"><h2 id="certificates">Certificates</h2><span class="soft">of the terminator${part}</span></div>
    ${view.problem === undefined ? NOTHING : problem}
    ${list.length === 0 ? NOTHING : table(list, now)}
  </section>`;
}

function table(list: readonly CertificateView[], now: number): Markup {
  return markup`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col" class="name">For</th>
            <th scope="col">Left</th>
            <th scope="col">Expires</th>
            <th scope="col">Service</th>
            <th scope="col">File</th>
          </tr>
        </thead>
        <tbody>
          ${list.map((one) => row(one, now))}
        </tbody>
      </table>
    </div>`;
}

function row(certificate: CertificateView, now: number): Markup {
  const { names, subject, service, file, notAfter, state } = certificate;
  const [first = subject, ...others] = names;
  const more = others.length > 5 ? ` and ${others.length - 5} more` : '';
  const also = others.length === 0 ? NOTHING : markup`<small>${others.slice(0, 5).join(', ')}${more}</small>`;
  return markup`<tr>
    <th scope="row">${first}${also}</th>
    <td data-label="Left"><b class="tone ${TONES[state]}">${left(notAfter - now)}</b></td>
    <td data-label="Expires"><b>${new Date(notAfter).toISOString().slice(0, 10)}</b></td>
    <td data-label="Service"><b>${service}</b></td>
    <td data-label="File" class="wide"><small>${file}</small></td>
  </tr>`;
}

/** `12 days`, `5 hours`, `expired 3 days ago`. */
export function left(milliseconds: number): string {
  const days = Math.floor(Math.abs(milliseconds) / DAY);
  const hours = Math.floor(Math.abs(milliseconds) / 3_600_000);
  const some = days > 0 ? counted(days, 'day') : counted(hours, 'hour');
  return milliseconds > 0 ? some : `expired ${some} ago`;
}

function counted(number: number, unit: string): string {
  return `${count(number)} ${unit}${number === 1 ? '' : 's'}`;
}

/** Changes when the section has to be delivered anew. */
export function certificatesShape(view: CertificatesView | undefined, now: number): readonly unknown[] {
  if (view === undefined) return [];
  const { list, problem, total } = view;
  return [
    problem,
    total,
    ...list.slice(0, MOST).map(({ file, service, notAfter }) => [file, service, left(notAfter - now)]),
  ];
}
