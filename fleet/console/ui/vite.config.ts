import { defineConfig } from 'vite';
import { pageConfig } from '../../../device/ui/page-config.ts';

/** A fleet to develop the page against: `npx vite fleet/console/ui` beside a running `tyto-fleet serve`. */
const fleet = 'http://127.0.0.1:8090';

export default defineConfig(pageConfig({ output: 'fleet/console/page', proxy: { '/api': fleet, '/media': fleet } }));
