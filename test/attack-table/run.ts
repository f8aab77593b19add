/**
 * node --conditions=x-src test/attack-table/run.ts: runs every attack against every proxy, each time a fresh one,
 * and writes what happened into docs/security.md, between its two markers. Takes about two minutes.
 */
import { attacks } from './attacks.ts';
import { writeTable } from './table.ts';
import { contenders } from './victims.ts';

writeTable('attack table', attacks, contenders);
