/** What `npm start` does before it runs the device: everything from a fresh clone to a build that is up to date. */
import { ensureBuilt } from './setup/build.js';
import { devicePackages, ensureDebianPackages } from './setup/debian.js';
import { ensureInstalled } from './setup/install.js';
import { command } from './setup/project.js';

await command(() => {
  ensureDebianPackages(devicePackages);
  ensureInstalled('run');
  ensureBuilt();
});
