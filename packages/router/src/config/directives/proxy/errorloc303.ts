import { errorLocation } from '../../error-location.ts';

export const errorloc303 = errorLocation('errorloc303', 303);
