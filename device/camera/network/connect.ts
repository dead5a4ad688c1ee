/** A connection to a camera of the network; over TLS only once its certificate is believed. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { DeviceError } from '../../core/errors.ts';
import type { Millis } from '../../core/units.ts';
import { explainConnection } from './connection-fault.ts';
import { serverName, type Trust } from './trust.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
  /** Undefined for a connection that nobody protects. */
  readonly trust: Trust | undefined;
  /** The camera, as people may see it. */
  readonly where: string;
  /** How long connecting may take. */
  readonly timeout: Millis;
}

/** @throws {DeviceError} `camera.…` when it cannot be reached, or is not believed to be the camera. */
export async function connect({ host, port, trust, where, timeout }: Target, signal?: AbortSignal): Promise<Socket> {
  const socket = trust === undefined ? connectTcp({ host, port })
    // Everybody is let in first: who it was, and its fingerprint, is what people need to know when it is refused.
    : connectTls({ host, port, servername: serverName(host), secureContext: trust.context, rejectUnauthorized: false });
  const stop = (): void => { socket.destroy(); };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await established(socket, where, timeout);
    const refusal = socket instanceof TLSSocket ? trust?.refusal(socket, where) : undefined;
    if (refusal !== undefined) throw refusal;
    signal?.throwIfAborted();
    return socket;
  } catch (error) {
    socket.on('error', () => {}).destroy();
    signal?.throwIfAborted();
    throw explainConnection(error, where);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

const established = (socket: Socket, where: string, timeout: Millis): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeviceError('camera.timeout', `${where} does not answer`)), timeout);
    const settle = (end: () => void): void => { clearTimeout(timer); end(); };
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => settle(resolve));
    socket.once('error', (error) => settle(() => reject(error)));
    socket.once('close', () => settle(() => reject(new DeviceError('camera.ended', `${where} closed the connection`))));
  });

/** Host and port of an address; an IPv6 address stands in brackets there. */
export const hostAndPort = (address: URL, usualPort: number): { readonly host: string; readonly port: number } =>
  ({ host: address.hostname.replaceAll(/^\[|\]$/g, ''), port: address.port === '' ? usualPort : Number(address.port) });
