import preactPlugin from '@preact/preset-vite';
import { fileURLToPath } from 'node:url';
import type { HtmlTagDescriptor, Plugin, ProxyOptions, UserConfig } from 'vite';

export interface PageOptions {
  /** Where a build goes, below `dist`. */
  readonly output: string;
  /** Whom `npx vite` asks for what is not of the page, by the beginning of its path. */
  readonly proxy: Record<string, string | ProxyOptions>;
}

/** How a page is built, and how it is served while it is worked on. */
export const pageConfig = ({ output, proxy }: PageOptions): UserConfig => ({
  plugins: [preactPlugin(), headOfPages],
  publicDir: fileURLToPath(new URL('public', import.meta.url)),
  build: {
    outDir: fileURLToPath(new URL(`../../dist/${output}`, import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // The page's policy allows scripts and pictures from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy },
});

const meta = (name: string, content: string, more: Record<string, string> = {}): HtmlTagDescriptor =>
  ({ tag: 'meta', attrs: { name, ...more, content }, injectTo: 'head' });

/** What every `index.html` has in its head beside what is its own. */
const headOfPages: Plugin = {
  name: 'tyto-head',
  transformIndexHtml: () => [
    meta('viewport', 'width=device-width, initial-scale=1, viewport-fit=cover'),
    meta('color-scheme', 'light dark'),
    meta('theme-color', '#f4eee3', { media: '(prefers-color-scheme: light)' }),
    meta('theme-color', '#13110e', { media: '(prefers-color-scheme: dark)' }),
    { tag: 'link', attrs: { rel: 'icon', href: '/owl.svg', type: 'image/svg+xml' }, injectTo: 'head' },
  ],
};
