/** `npm run build`: compiles into `dist`, unless that is up to date. */
import { ensureBuilt } from './setup/build.js';
import { hasDevelopmentPackages } from './setup/install.js';
import { command, SetupError } from './setup/project.js';

await command(() => {
  if (!hasDevelopmentPackages()) throw new SetupError('the packages to build with are not installed. Type:  npm ci');
  ensureBuilt();
});
