import { render } from 'preact';
import { App } from './app.tsx';
import { EarlyLive } from './live/early-live.ts';
import { canPlayLive } from './live/live-player.ts';

/** Asked for at once: the device tells whose page it is, and the picture is under way meanwhile. */
const early = location.pathname === '/' && canPlayLive() ? new EarlyLive() : undefined;
const page = document.getElementById('page');
if (page !== null) render(<App early={early} />, page);
