import { holdEarlySignals } from '@headgate/shared/process/early-signals';

holdEarlySignals();

// Not before: loading takes most of the start, and SIGUSR1 would open the debugger meanwhile.
const [{ runProduct }, { router }] = await Promise.all([import('@headgate/shared/process/main'), import('./app.ts')]);
await runProduct(router, process.argv.slice(2));
