/** A whole device that runs for a benchmark, and the processes that it consists of. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../free-port.ts';
import { tyto } from './project.ts';

export interface DeviceProcess {
  readonly pid: number;
  /** `main`, `watch`, `web`, `uploader`, or the name of the program. */
  readonly name: string;
}

const ROLES = ['watch', 'web', 'uploader'];

export class DeviceRun implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #data: string;
  readonly #ended: Promise<unknown>;
  #said = '';

  private constructor(process: ChildProcess, data: string) {
    this.#process = process;
    this.#data = data;
    process.stderr?.on('data', (chunk: Buffer) => { this.#said += chunk.toString(); });
    this.#ended = once(process, 'close');
  }

  /** @param settings - Environment variables; every other setting is as it comes. */
  static async start(settings: Readonly<Record<string, string>>): Promise<DeviceRun> {
    const data = await mkdtemp(path.join(tmpdir(), 'tyto-bench-device-'));
    const [program, ...args] = tyto(['run'], {
      ...settings, TYTO_DATA: data,
      TYTO_WEB_PORT: String(await freePort()), TYTO_BUS_PORT: String(await freePort()), TYTO_LOG_FORMAT: 'json',
    });
    return new DeviceRun(spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] }), data);
  }

  /** What it logged. */
  get said(): string { return this.#said; }

  /**
   * The processes that it consists of now.
   * @throws {Error} When it has ended by itself; the message holds what it said.
   */
  async processes(): Promise<readonly DeviceProcess[]> {
    if (this.#process.exitCode !== null)
      throw new Error(`the device has ended: ${this.#said.trim().split('\n').slice(-3).join('; ')}`);
    const root = this.#process.pid ?? 0;
    const found = await Promise.all((await treeOf(root)).map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it has ended meanwhile
      return { pid, name: nameOf(command.split('\0'), pid === root) };
    }));
    return found.filter(({ name }) => name !== '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.#ended;
    await rm(this.#data, { recursive: true, force: true });
  }
}

async function treeOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(threads.map((thread) =>
    readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')));
  const below = await Promise.all(lists.flatMap((list) => list.trim().split(' ').filter(Boolean))
    .map((child) => treeOf(Number(child))));
  return [pid, ...below.flat()];
}

function nameOf([program = '', ...args]: readonly string[], isRoot: boolean): string {
  if (isRoot) return 'main';
  return ROLES.find((role) => args.includes(role)) ?? path.basename(program);
}
