/* global io */
// `?transport=polling` or `?transport=websocket` keeps to one way; without it socket.io starts by polling and upgrades.
const wanted = new URLSearchParams(location.search).get('transport');
const socket = io(wanted === 'polling' || wanted === 'websocket' ? { transports: [wanted] } : {});

const map = document.getElementById('map');
const pins = document.getElementById('pins');
const status = document.getElementById('status');

function show(text) {
  status.textContent = text;
}

socket.on('connect', () => {
  const { engine } = socket.io;
  show(`connected (${engine.transport.name})`);
  engine.once('upgrade', (transport) => show(`connected (${transport.name})`));
});
socket.on('disconnect', () => show('disconnected'));
socket.on('connect_error', () => show('connecting'));

socket.on('visitors', (count) => {
  document.getElementById('visitors').textContent = String(count);
});

socket.on('pins', (list) => {
  pins.replaceChildren(
    ...list.map(({ x, y, colour }) => {
      const pin = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
      for (const [name, value] of Object.entries({ class: 'pin', cx: x, cy: y, r: 12, fill: colour }))
        pin.setAttribute(name, value);
      return pin;
    }),
  );
  document.getElementById('count').textContent = String(list.length);
});

map.addEventListener('click', (event) => {
  const box = map.getBoundingClientRect();
  socket.emit('drop', {
    x: ((event.clientX - box.left) / box.width) * 1000,
    y: ((event.clientY - box.top) / box.height) * 1000,
  });
});

document.getElementById('clear').addEventListener('click', () => socket.emit('clear'));
