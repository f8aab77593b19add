import { errorLocation } from '../../error-location.ts';

export const errorloc302 = errorLocation('errorloc302', 302);
