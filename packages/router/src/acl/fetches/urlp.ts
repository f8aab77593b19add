import { parameters } from '../parameter-fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The values of a parameter of the query: `urlp([NAME[,DELIMITER]])`, also `url_param`. */
export const urlp: Fetch = { needs: 'request', type: 'string', compile: parameters };
