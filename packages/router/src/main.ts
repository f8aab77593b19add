import { runProduct } from '@headgate/shared/process/main';
import { router } from './app.ts';

await runProduct(router, process.argv.slice(2));
