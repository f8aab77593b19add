import { errorLocation } from '../../error-location.ts';

export const errorloc = errorLocation('errorloc', 302);
