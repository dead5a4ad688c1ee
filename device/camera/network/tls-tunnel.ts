/**
 * TLS for programs that are to verify nothing themselves: a port of this machine whose connections lead to the
 * camera, over TLS, once its certificate is believed. ffmpeg's own TLS cannot be told a fingerprint, does not
 * compare the host's name in every build, and gives no reason. Nothing is added to what passes: whoever else finds
 * the port needs the camera's password.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { BugError, DeviceError } from '../../core/errors.ts';
import { connect, type Target } from './connect.ts';

export class TlsTunnel implements Disposable {
  readonly #target: Target;
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  readonly #over = new AbortController();
  #fault: DeviceError | undefined;

  private constructor(target: Target) {
    this.#target = target;
    this.#server = createServer((local) => { void this.#join(local); });
    this.#server.unref();
  }

  /** Closed by `signal`, if nobody does before. */
  static async open(target: Target, signal: AbortSignal): Promise<TlsTunnel> {
    const tunnel = new TlsTunnel(target);
    signal.addEventListener('abort', () => tunnel[Symbol.dispose](), { signal: tunnel.#over.signal });
    await new Promise<void>((resolve, reject) => {
      tunnel.#server.once('error', reject);
      tunnel.#server.listen(0, '127.0.0.1', resolve);
    });
    return tunnel;
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new BugError('camera.tunnel', 'the tunnel is closed');
    return address.port;
  }

  /** Why the latest connection came to nothing, for people; undefined when it did not. */
  get fault(): DeviceError | undefined { return this.#fault; }

  [Symbol.dispose](): void {
    this.#over.abort();
    this.#server.close();
    for (const end of this.#ends) end.destroy();
  }

  async #join(local: Socket): Promise<void> {
    this.#hold(local);
    const gone = new AbortController();
    local.once('close', () => gone.abort());
    try {
      const remote = await connect(this.#target, gone.signal);
      this.#fault = undefined;
      this.#hold(remote);
      pipeline(local, remote, local, () => { local.destroy(); remote.destroy(); });
    } catch (error) {
      if (error instanceof DeviceError) this.#fault = error;
      local.destroy();
    }
  }

  #hold(end: Socket): void {
    this.#ends.add(end);
    end.on('error', () => {}); // either end tells the other by its own end
    end.once('close', () => this.#ends.delete(end));
  }
}
