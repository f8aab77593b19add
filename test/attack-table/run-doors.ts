/**
 * node --conditions=x-src test/attack-table/run-doors.ts [WORD…]: the same for the other ways in: control socket, statistics page, WebSockets,
 * challenges of an authority. Takes about a minute.
 */
import { doors, doorways } from './doors.ts';
import { writeTable } from './table.ts';

writeTable('attack table of other ways in', doorways, doors);
