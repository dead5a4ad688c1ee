/** A real server of Azure's blob storage: azurite, on loopback, with its files in a temporary folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { killChild } from './kill-child.ts';

const MAIN = fileURLToPath(import.meta.resolve('azurite/dist/src/blob/main.js'));
/** Azurite's own, known to all the world. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const START_DEADLINE_MS = 60_000;

export interface Azurite extends AsyncDisposable {
  /** Address of the account: `http://127.0.0.1:<port>/devstoreaccount1`; the same after a restart. */
  readonly endpoint: string;
  readonly account: string;
  /** Base64. */
  readonly accountKey: string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** On the same port, with what it had made durable. */
  start(): Promise<void>;
}

export async function startAzurite(): Promise<Azurite> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-azurite-'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}/${ACCOUNT}`;
  let child: ChildProcess | undefined;
  const kill = (): Promise<void> => killChild(child);
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [
      MAIN, '--blobHost', '127.0.0.1', '--blobPort', String(port), '--location', folder,
      '--silent', '--skipApiVersionCheck', '--disableTelemetry',
    ], { stdio: 'ignore' });
    await eventually(
      'azurite answers',
      () => fetch(endpoint).then(async (answer) => { await answer.body?.cancel(); return true; }, () => false),
      START_DEADLINE_MS,
    );
  };
  process.on('exit', () => child?.kill('SIGKILL'));
  await start();
  return {
    endpoint, account: ACCOUNT, accountKey: KEY, kill, start,
    [Symbol.asyncDispose]: async () => { await kill(); await rm(folder, { recursive: true, force: true }); },
  };
}
