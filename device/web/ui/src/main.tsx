import { render } from 'preact';
import { App } from './app.tsx';
import { EarlyLive } from './live/early-live.ts';
import { canPlayLive } from './live/live-player.ts';
import { wasHere } from './live/was-here.ts';

/**
 * Asked for at once by a browser that was let in before: the device tells whose page it is, and the picture is under
 * way meanwhile.
 */
const early = location.pathname === '/' && wasHere() && canPlayLive() ? new EarlyLive() : undefined;
const page = document.getElementById('page');
if (page !== null) render(<App early={early} />, page);
