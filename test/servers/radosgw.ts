/**
 * A real S3 server that enforces bucket policies: Ceph's RADOS gateway with one monitor and one storage daemon in
 * memory, on loopback, with its files in a temporary folder. Needs the Debian packages of `RADOSGW_PACKAGES`.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { cephConf, type CephPorts } from './ceph-conf.ts';
import { killChild } from './kill-child.ts';

const RADOSGW_PACKAGES = ['radosgw', 'ceph-mon', 'ceph-osd'];
const TOOLS = ['radosgw', 'radosgw-admin', 'ceph', 'ceph-mon', 'ceph-osd', 'ceph-authtool', 'monmaptool'];
const START_DEADLINE_MS = 60_000;

const run = promisify(execFile);
const running: { shared: Promise<RadosGateway> | undefined } = { shared: undefined };

export interface AccessKey { readonly accessKeyId: string; readonly secretAccessKey: string }

/** Why there can be no server here, or undefined when there can. */
export function radosgwMissing(): string | undefined {
  const missing = TOOLS.filter((tool) =>
    !['/usr/bin', '/usr/sbin'].some((folder) => existsSync(path.join(folder, tool))));
  return missing.length === 0 ? undefined
    : `${missing.join(', ')} not installed (apt-get install ${RADOSGW_PACKAGES.join(' ')})`;
}

/** The one server of this process, started by the first who asks (some seconds) and ended with the process. */
export function sharedRadosGateway(): Promise<RadosGateway> {
  running.shared ??= RadosGateway.start();
  return running.shared;
}

export class RadosGateway {
  /** `http://127.0.0.1:<port>`; the same after a restart. */
  readonly endpoint: string;
  readonly #folder: string;
  #gateway: ChildProcess | undefined;
  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<RadosGateway> {
    const folder = mkdtempSync(path.join(tmpdir(), 'tyto-rgw-'));
    const daemons: ChildProcess[] = [];
    const ports = await freePorts();
    const server = new RadosGateway(folder, ports.gateway);
    process.on('exit', () => {
      for (const child of [...daemons, server.#gateway]) child?.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
    await startCluster(folder, ports, daemons);
    await server.startGateway();
    return server;
  }

  /** Starts the gateway, after `killGateway` with everything that it had acknowledged. */
  async startGateway(): Promise<void> {
    this.#gateway = daemon('radosgw', ['-f', '-c', confOf(this.#folder), '-n', 'client.rgw']);
    await answers(this.endpoint);
  }

  /** Ends the gateway in the midst of whatever it does. */
  killGateway(): Promise<void> { return killChild(this.#gateway); }

  async createUser(uid: string): Promise<AccessKey> {
    const key = {
      accessKeyId: `AK${randomBytes(9).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(20).toString('hex'),
    };
    await this.#admin(
      'user',
      'create', '--uid', uid, '--display-name', uid, '--access-key', key.accessKeyId, '--secret', key.secretAccessKey,
    );
    return key;
  }

  /** Withdraws a user's key until it is restored; the gateway knows it at once. */
  async revokeKey(uid: string, { accessKeyId }: AccessKey): Promise<void> {
    await this.#admin('key', 'rm', '--uid', uid, '--access-key', accessKeyId);
  }

  async restoreKey(uid: string, { accessKeyId, secretAccessKey }: AccessKey): Promise<void> {
    await this.#admin('key', 'create', '--uid', uid, '--access-key', accessKeyId, '--secret', secretAccessKey);
  }

  async #admin(...args: readonly string[]): Promise<void> {
    await run('radosgw-admin', ['-c', confOf(this.#folder), '-n', 'client.rgw', ...args]);
  }
}

const confOf = (folder: string): string => path.join(folder, 'ceph.conf');

async function startCluster(folder: string, ports: CephPorts, daemons: ChildProcess[]): Promise<void> {
  const fsid = randomUUID();
  const at = (name: string): string => path.join(folder, name);
  const conf = confOf(folder);
  const ceph = (...args: readonly string[]) => run('ceph', ['-c', conf, ...args]);
  for (const name of ['mon', 'osd', 'out']) mkdirSync(at(name));
  await writeFile(conf, cephConf(folder, fsid, ports));

  const keyring = at('keyring');
  await run('ceph-authtool', ['--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *']);
  await run(
    'ceph-authtool', [keyring, '--gen-key', '-n', 'client.admin', '--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *'],
  );
  const monitor = `[v2:127.0.0.1:${ports.monitorV2},v1:127.0.0.1:${ports.monitorV1}]`;
  await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', monitor, at('monmap')]);
  await run('ceph-mon', ['-c', conf, '--mkfs', '-i', 'a', '--monmap', at('monmap'), '--keyring', keyring]);
  daemons.push(daemon('ceph-mon', ['-f', '-c', conf, '-i', 'a', '--public-addr', '127.0.0.1']));

  const osdUuid = randomUUID();
  await ceph('osd', 'new', osdUuid);
  for (const caps of [
    ['osd.0', 'mon', 'allow profile osd', 'osd', 'allow *'],
    ['client.rgw', 'mon', 'allow rw', 'osd', 'allow rwx'],
  ]) await appendFile(keyring, (await ceph('auth', 'get-or-create', ...caps)).stdout);
  await run('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', osdUuid]);
  daemons.push(daemon('ceph-osd', ['-f', '-c', conf, '-i', '0']));
  await ceph('osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=here');
}

/** A child that ends with this process, however that ends, and does not keep it alive. */
function daemon(tool: string, args: readonly string[]): ChildProcess {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', tool, ...args], { stdio: 'ignore' });
  child.unref();
  return child;
}

async function answers(endpoint: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    const answer = await fetch(endpoint, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    if (Date.now() > deadline) throw new Error(`no S3 server answered at ${endpoint} within ${START_DEADLINE_MS} ms`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

/** Ceph's monitor must know its ports beforehand: three are taken from the system together, then left to it. */
async function freePorts(): Promise<CephPorts> {
  const servers = [createServer(), createServer(), createServer()];
  const [monitorV1 = 0, monitorV2 = 0, gateway = 0] = await Promise.all(servers.map(async (server) => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  }));
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return { monitorV1, monitorV2, gateway };
}
