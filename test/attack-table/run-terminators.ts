/**
 * node --conditions=x-src test/attack-table/run-terminators.ts: the same for what a stranger does to a TLS port. Takes about a minute.
 */
import { writeTable } from './table.ts';
import { terminators, tlsAttacks } from './terminators.ts';

writeTable('attack table of terminators', tlsAttacks, terminators);
