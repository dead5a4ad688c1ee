/** `npm run build`: compiles into `dist`, unless it is there already. */
import { ensureBuilt } from './setup/build.js';
import { ensureInstalled } from './setup/install.js';
import { command } from './setup/project.js';

await command(() => {
  ensureInstalled();
  ensureBuilt();
});
