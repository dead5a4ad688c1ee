import preactPlugin from '@preact/preset-vite';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** A fleet to develop the page against: `npx vite fleet/console/ui` beside a running `tyto-fleet serve`. */
const fleet = 'http://127.0.0.1:8090';

export default defineConfig({
  plugins: [preactPlugin()],
  build: {
    outDir: fileURLToPath(new URL('../../../dist/fleet/console/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // The page's policy allows scripts and pictures from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': fleet, '/media': fleet } },
});
