import assert from 'node:assert/strict';
import { planInstallation } from './debian.js';

describe('installing Debian packages', () => {
  const machine = { isRoot: false, hasApt: true, hasSudo: true, sudoNeedsNoPassword: () => false, hasTerminal: false };
  const plan = (change: Partial<typeof machine>) => planInstallation(['ffmpeg'], { ...machine, ...change });

  it('is done as root, without a question', () => {
    const { run } = plan({ isRoot: true, hasSudo: false });
    assert.deepEqual(run?.install.slice(0, 7),
      ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', '--no-install-recommends', 'ffmpeg']);
  });
  it('is done through sudo where that asks for no password', () => {
    assert.deepEqual(plan({ sudoNeedsNoPassword: () => true }).run?.update.slice(0, 2), ['sudo', '-n']);
  });
  it('lets sudo ask where somebody can answer', () => {
    assert.deepEqual(plan({ hasTerminal: true }).run?.install.slice(0, 2), ['sudo', 'env']);
  });
  it('is otherwise left to the user, with the line to type', () => {
    assert.deepEqual(plan({}), {
      type: 'sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg',
    });
    assert.deepEqual(plan({ hasSudo: false }), {
      type: `su -c 'apt-get update && apt-get install -y --no-install-recommends ffmpeg'`,
    });
  });
  it('is left to the user of another system, without apt', () => {
    assert.equal(plan({ hasApt: false, isRoot: true }).run, undefined);
  });
});
