/**
 * What `npm ci` and `npm install` end with: native packages made ready, and the build where its tools are installed.
 */
import { ensureBuilt } from './setup/build.js';
import { hasDevelopmentPackages, markInstalled } from './setup/install.js';
import { prepareNatives } from './setup/natives.js';
import { command, say } from './setup/project.js';

// `npx tyto` comes by here too, when npx links the project for the first time: it has installed nothing.
if (process.env['npm_command'] !== 'exec') {
  await command(() => {
    prepareNatives();
    if (!hasDevelopmentPackages()) return say('rolldown and vite are not installed: build skipped');
    markInstalled();
    ensureBuilt();
  });
}
