import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sessions, Tickets } from './sessions.ts';

const ticket = Buffer.from('ticket');

test('a session is resumed for the place and the name it was made for, until its certificate ends', () => {
  const sessions = new Sessions();
  sessions.keep('here a', { ticket, validUntil: 1000 });
  assert.equal(sessions.find('here a', 999)?.ticket, ticket);
  assert.equal(sessions.find('here b', 999), undefined);
  assert.equal(sessions.find('here a', 1000), undefined);
  assert.equal(sessions.size, 0);
});

test('the number of sessions has a limit, and those kept last stay', () => {
  const sessions = new Sessions();
  sessions.keep('first', { ticket, validUntil: Infinity });
  for (let count = 0; count < 999; count += 1) sessions.keep(`name ${count}`, { ticket, validUntil: Infinity });
  sessions.keep('first', { ticket, validUntil: Infinity });
  for (let count = 0; count < 500; count += 1) sessions.keep(`more ${count}`, { ticket, validUntil: Infinity });
  assert.equal(sessions.size, 1000);
  assert.ok(sessions.find('first', 0) !== undefined);
  assert.equal(sessions.find('name 0', 0), undefined);
});

test('a session that is forgotten is not resumed', () => {
  const sessions = new Sessions();
  sessions.keep('a', { ticket, validUntil: Infinity });
  sessions.forget('a');
  assert.equal(sessions.find('a', 0), undefined);
});

test('tickets count once their server has been accepted, and no more than four wait for that', () => {
  const sessions = new Sessions();
  const tickets = new Tickets(sessions, 'a');
  for (let count = 0; count < 6; count += 1) tickets.add(Buffer.from(`early ${count}`));
  assert.equal(sessions.size, 0);
  tickets.accepted({ validUntil: 1000 });
  assert.equal(sessions.find('a', 0)?.ticket.toString(), 'early 3');
  tickets.add(ticket);
  assert.deepEqual(sessions.find('a', 0), { ticket, validUntil: 1000 });
});
