import preactPlugin from '@preact/preset-vite';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** A device to develop the page against: `npx vite device/web/ui` beside a running `npm start`. */
const device = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [preactPlugin()],
  build: {
    outDir: fileURLToPath(new URL('../../../dist/device/web/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // The page's policy allows scripts and pictures from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: device, ws: true } } },
});
