/**
 * The page's script: asks for the state again and again, writes it into the cells that are there, and draws the charts. It makes no HTML
 * of what it gets, only texts. Plain JavaScript, sent as it is.
 */
export const SCRIPT = String.raw`
(() => {
  'use strict';
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const body = document.body;
  const { live, shape } = body.dataset;
  const every = Number(body.dataset.every);
  const state = { after: 0, samples: [], rates: new Map(), timer: 0, paused: body.dataset.paused === 'true', seen: Date.now() };
  const note = $('#live');

  for (const element of all('[data-script]')) element.removeAttribute('hidden');

  const write = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };

  const fill = (cell, [main, sub, tone]) => {
    const first = cell.firstElementChild;
    write(first, main);
    const wanted = tone ? 'tone ' + tone : '';
    if (first.className !== wanted) first.className = wanted;
    const small = all('small', cell);
    sub.forEach((text, at) => write(small[at] || cell.appendChild(document.createElement('small')), text));
    small.slice(sub.length).forEach((element) => element.remove());
  };

  const path = (values, most) => {
    const step = values.length > 1 ? 300 / (values.length - 1) : 0;
    let text = '';
    let pen = false;
    values.forEach((value, at) => {
      if (value === null) { pen = false; return; }
      text += (pen ? 'L' : 'M') + (at * step).toFixed(1) + ' ' + (58 - (value / most) * 54).toFixed(1);
      pen = true;
    });
    return text;
  };

  const draw = (svg, values, second) => {
    const known = values.concat(second || []).filter((value) => value !== null);
    const most = Math.max(...known, 0) || 1;
    const line = path(values, most);
    $('.line', svg).setAttribute('d', line);
    const area = $('.area', svg);
    if (area) area.setAttribute('d', line && !values.includes(null) ? line + 'L300 60L0 60Z' : '');
    if (second && $('.second', svg)) $('.second', svg).setAttribute('d', path(second, most));
  };

  const scaled = (value, units) => {
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
    return (value < 10 && unit > 0 ? value.toFixed(1) : String(Math.round(value))) + ' ' + units[unit];
  };
  const texts = {
    requests: (value) => scaled(value, ['', 'k', 'M']).trim() + '/s',
    traffic: (value) => scaled(value, ['B', 'kB', 'MB', 'GB']) + '/s',
    latency: (value) => (value === null ? '\u2013' : value >= 1e9 ? '> 30 s' : value >= 1000 ? value / 1000 + ' s' : value + ' ms'),
    errors: (value) => scaled(value, ['', 'k', 'M']).trim() + '/s',
    tunnels: (value) => String(value),
  };

  const charts = () => {
    const { samples } = state;
    if (samples.length === 0) return;
    const column = (at) => samples.map((sample) => (sample[at] < 0 ? null : sample[at]));
    // at, requests, in, out, errors, p50, p99, connections, tunnels, queued
    const series = {
      requests: [column(1)],
      traffic: [samples.map((sample) => sample[2] + sample[3])],
      latency: [column(6).map((value) => (value === null ? null : Math.min(value, 60000))), column(5)],
      errors: [column(4)],
      tunnels: [column(7), column(8)],
    };
    for (const chart of all('[data-chart]')) {
      const name = chart.dataset.chart;
      const [values, second] = series[name];
      draw($('svg', chart), values, second);
      const now = values.at(-1);
      const text = name === 'latency' ? 'p50 ' + texts.latency(second.at(-1)) + ' \u00b7 p99 ' + texts.latency(now === 60000 ? 1e9 : now)
        : name === 'tunnels' ? now + ', ' + second.at(-1) + (second.at(-1) === 1 ? ' tunnel' : ' tunnels') : texts[name](now);
      write($('b', chart), text);
    }
  };

  const spark = (name, rate) => {
    const svg = all('[data-spark]').find((element) => element.dataset.spark === name);
    if (!svg) return;
    const values = state.rates.get(name) || [];
    values.push(rate);
    if (values.length > 120) values.shift();
    state.rates.set(name, values);
    if (values.length > 1) draw(svg, values);
  };

  const clock = (at) => { const date = new Date(at); return date.toDateString() === new Date().toDateString() ? date.toLocaleTimeString() : date.toLocaleString(); };

  const events = (list) => {
    const box = $('#events');
    if (!box) return;
    const items = list.map(([at, severity, where, text, times]) => {
      const item = document.createElement('li');
      const add = (name, value) => { const one = item.appendChild(document.createElement(name)); one.textContent = value; return one; };
      add('small', clock(at));
      const mark = add('span', severity);
      mark.className = 'tone ' + (severity === 'error' ? 'down' : severity === 'warning' ? 'warn' : 'calm');
      add('b', where);
      add('span', text + (times > 1 ? ' (' + times + ' times)' : ''));
      return item;
    });
    box.replaceChildren(...items);
    $('#no-events').hidden = items.length > 0;
  };

  const show = (got) => {
    if (got.shape !== shape) return void location.reload();
    if (got.token) for (const input of all('input[name=token]')) input.value = got.token;
    for (const [name, text] of Object.entries(got.facts)) write($('[data-fact="' + name + '"] b'), text);
    const rows = all('tr[data-row]');
    got.lines.forEach((cells, at) => {
      const row = rows[at];
      for (const [name, cell] of Object.entries(cells)) fill($('td.' + name, row), cell);
    });
    got.marks.forEach(([name, tone, rate], at) => {
      for (const dot of all('[data-dot="' + at + '"]')) dot.className = 'dot ' + tone;
      spark(name, rate);
    });
    const tables = all('tr[data-table]');
    got.tables.forEach(([, keys], at) => write($('td b', tables[at]), keys));
    for (const sample of got.samples) { state.samples.push(sample); state.after = sample[0]; }
    state.samples.splice(0, Math.max(0, state.samples.length - 300));
    charts();
    events(got.events);
    apply();
  };

  const tell = (text, tone) => { note.className = 'tone ' + tone; write(note, text); };

  const poll = async () => {
    clearTimeout(state.timer);
    try {
      const answer = await fetch(live + ';after=' + state.after, { cache: 'no-store', signal: AbortSignal.timeout(10000) });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
      state.seen = Date.now();
      body.classList.remove('stale');
      tell(state.paused ? 'paused' : 'live', state.paused ? 'warn' : 'up');
    } catch (error) {
      // What the page shows is old now, and must not look as if it were not.
      body.classList.add('stale');
      tell('no answer since ' + clock(state.seen) + ': trying again', 'down');
    }
    if (!state.paused && !document.hidden) state.timer = setTimeout(poll, every);
  };

  const pause = $('#pause');
  const told = () => {
    pause.setAttribute('aria-pressed', String(state.paused));
    write(pause, state.paused ? 'Resume' : 'Pause');
  };
  pause.addEventListener('click', () => { state.paused = !state.paused; told(); if (state.paused) { clearTimeout(state.timer); tell('paused', 'warn'); } else void poll(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && !state.paused) void poll(); });

  const filter = $('#filter');
  const troubled = $('#troubled');
  function apply() {
    const wanted = filter.value.trim().toLowerCase();
    const only = troubled.getAttribute('aria-pressed') === 'true';
    for (const section of all('section[data-proxy]')) {
      const own = section.dataset.proxy.toLowerCase().includes(wanted);
      let any = false;
      for (const row of all('tr[data-row]', section)) {
        const named = own || row.dataset.row.toLowerCase().includes(wanted);
        const fine = !all('td.status > b, td.queue > b, td.sessions > b', row).some(({ className }) => /warn|down|off/.test(className));
        row.hidden = !named || (only && fine);
        any = any || !row.hidden;
      }
      section.hidden = !any;
    }
  }
  filter.addEventListener('input', apply);
  troubled.addEventListener('click', () => { troubled.setAttribute('aria-pressed', String(troubled.getAttribute('aria-pressed') !== 'true')); apply(); });

  told();
  void poll();
})();
`.trim();
