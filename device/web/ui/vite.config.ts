import { defineConfig } from 'vite';
import { pageConfig } from '../../ui/page-config.ts';

/** A device to develop the page against: `npx vite device/web/ui` beside a running `npm start`. */
const device = 'http://127.0.0.1:8080';

export default defineConfig(pageConfig({ output: 'device/web/page', proxy: { '/api': { target: device, ws: true } } }));
