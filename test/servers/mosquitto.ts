/** A mosquitto of the house: with passwords, and with TLS where a key is given. */
import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { killChild } from './kill-child.ts';

export interface Mosquitto extends AsyncDisposable {
  readonly port: number;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** On the same port, with what it had made durable. */
  start(): Promise<void>;
}

export const USER = { username: 'device', password: 'long-and-secret' };

/** @returns undefined where mosquitto is not installed. */
export async function startMosquitto(
  port: number, tls?: { readonly key: string; readonly cert: string; readonly ca?: string },
): Promise<Mosquitto | undefined> {
  if (spawnSync('mosquitto', ['-h']).error !== undefined) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-mosquitto-'));
  const file = (name: string): string => path.join(folder, name);
  spawnSync('mosquitto_passwd', ['-b', '-c', file('passwords'), USER.username, USER.password]);
  const secured = tls === undefined ? [] : [`certfile ${file('cert.pem')}`, `keyfile ${file('key.pem')}`,
    ...(tls.ca === undefined ? [] : [`cafile ${tls.ca}`, 'require_certificate true'])];
  if (tls !== undefined) {
    await writeFile(file('cert.pem'), tls.cert);
    await writeFile(file('key.pem'), tls.key);
  }
  await writeFile(file('mosquitto.conf'), [
    `user root`, `listener ${port} 127.0.0.1`, 'allow_anonymous false',
    `password_file ${file('passwords')}`, 'persistence true', `persistence_location ${folder}/`,
    'autosave_interval 1', 'autosave_on_changes true', 'max_queued_messages 0', ...secured, '',
  ].join('\n'));
  await chmod(folder, 0o755);
  let child: ReturnType<typeof spawn> | undefined;
  const kill = (): Promise<void> => killChild(child);
  const start = async (): Promise<void> => {
    child = spawn('mosquitto', ['-c', file('mosquitto.conf')], { stdio: 'ignore' });
    await eventually('mosquitto listens', () => listens(port));
  };
  await start();
  return { port, kill, start, [Symbol.asyncDispose]: async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  } };
}

const listens = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
  socket.on('error', () => resolve(false));
});
