import { Usage } from '@headgate/shared/process/usage';

export const usage = new Usage('headgate');
