/**
 * Tries a store out: writes, reads, lists, links and removes an object of its own, and says what is missing for what
 * fails.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ConfigError, describeError, RemoteError, systemCode, TytoError } from '../../device/core/errors.ts';
import { seconds } from '../../device/core/units.ts';
import type { LibraryStore } from './port.ts';
import { remedyFor } from './remedy.ts';
import type { StorePlace } from './store-place.ts';
import { VALIDATION_STEPS, type ValidationStep, type ValidationStepName } from './validation.ts';

const LINK_PATIENCE_MS = 20_000;
/** What a folder's disk says. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Tries `store` out, step by step. Nothing stays behind, unless it may not remove: the problem then names what does.
 * @param place - For what to do about a failure.
 */
export async function validateStore(store: LibraryStore, place: StorePlace): Promise<readonly ValidationStep[]> {
  const key = `tyto-probe/${randomBytes(12).toString('hex')}.json`;
  const content = randomBytes(64).toString('base64');
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-probe-'));
  const steps: ValidationStep[] = [];
  const attempt = async (step: ValidationStepName, work: () => Promise<void | 'skipped'>): Promise<boolean> => {
    try {
      steps.push({ step, state: await work() ?? 'good' });
      return true;
    } catch (error) {
      const code = error instanceof TytoError ? error.code
        : FULL.has(systemCode(error) ?? '') ? 'storage.full' : 'storage.failed';
      const remedy = remedyFor(step, code, place);
      steps.push({
        step, state: 'failed', code, problem: `${describeError(error)}${remedy === undefined ? '' : `; ${remedy}`}`,
      });
      return false;
    }
  };
  try {
    const file = path.join(folder, 'probe');
    await writeFile(file, content, { flush: true });
    if (!await attempt('write', () => store.put(key, file))) return withSkipped(steps);
    await attempt('read', () => demandContent(store, key, content));
    await attempt('list', () => demandListed(store, key));
    const href = await linkOf(store, key);
    await attempt('link', () => demandLink(href, content));
    await attempt('refuse', () => demandRefusal(href));
    await attempt('delete', () => demandRemoval(store, key));
    return steps;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const withSkipped = (steps: readonly ValidationStep[]): readonly ValidationStep[] =>
  VALIDATION_STEPS.map((step) => steps.find((done) => done.step === step) ?? { step, state: 'skipped' });

async function demandContent(store: LibraryStore, key: string, content: string): Promise<void> {
  await using object = await store.open(key);
  if (object === undefined) throw new RemoteError('storage.not-found', 'what was just written is not found');
  if ((await buffer(object.stream())).toString() !== content)
    throw new RemoteError('storage.other-content', 'what is read is not what was written');
}

async function demandListed(store: LibraryStore, key: string): Promise<void> {
  const { entries } = await store.list(key);
  if (!entries.some((entry) => entry.key === key))
    throw new RemoteError('storage.not-listed', 'what was just written is not in the list');
}

async function linkOf(store: LibraryStore, key: string): Promise<string | Error> {
  try {
    return (await store.signedLink(key, seconds(100))).href;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The console's own links are its own affair. */
const isOwn = (href: string): boolean => href.startsWith('/');

async function demandLink(href: string | Error, content: string): Promise<void | 'skipped'> {
  if (href instanceof Error) throw href;
  if (isOwn(href)) return 'skipped';
  const { status, text } = await get(href);
  if (status !== 200)
    throw new ConfigError('storage.link-refused', `a signed link to it is answered with HTTP ${status}`);
  if (text !== content)
    throw new RemoteError('storage.other-content', 'what a signed link gives is not what was written');
}

async function demandRefusal(href: string | Error): Promise<void | 'skipped'> {
  if (href instanceof Error || isOwn(href)) return 'skipped';
  const { status } = await get(href.split('?')[0] ?? '');
  if (status < 300) throw new ConfigError('storage.public', 'anybody can read it without a signature');
}

async function demandRemoval(store: LibraryStore, key: string): Promise<void> {
  try {
    await store.remove(key);
  } catch (error) {
    if (!(error instanceof TytoError)) throw error;
    throw new ConfigError(error.code, `${describeError(error)}; ${key} stays behind`, { cause: undefined });
  }
  const left = await store.open(key).catch(() => undefined);
  await left?.[Symbol.asyncDispose]();
  if (left !== undefined) throw new RemoteError('storage.not-removed', `${key} is still there after it was removed`);
}

async function get(url: string): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(LINK_PATIENCE_MS), redirect: 'manual' });
    return { status: answer.status, text: await answer.text() };
  } catch (cause) {
    throw new RemoteError(
      'storage.link-unreachable', `${new URL(url).origin} cannot be reached from this machine`, { cause },
    );
  }
}
