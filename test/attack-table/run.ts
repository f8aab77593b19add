/**
 * node --conditions=x-src test/attack-table/run.ts [WORD…]: runs every attack, or those with a word in their title, against every
 * proxy, each time a fresh one, and writes what happened into the tables of docs/security.md. Takes about ten minutes.
 */
import { attacks } from './attacks.ts';
import { flooded, floods } from './fairness.ts';
import { writeTable } from './table.ts';
import { contenders } from './victims.ts';

writeTable('attack table', attacks, contenders);
writeTable('fairness table', floods, flooded);
