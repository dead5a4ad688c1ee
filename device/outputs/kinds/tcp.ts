/** A line of JSON, or of a template, to a program that listens on a port. The connection is kept. */
import { connect, type Socket } from 'node:net';
import type { PlanOf } from '../../contract/outputs.ts';
import { systemCode } from '../../core/errors.ts';
import { seconds } from '../../core/units.ts';
import { bodyOf } from '../body.ts';
import type { OutputParts } from '../parts.ts';
import { DeliveryFault, type Delivery, type Output } from '../port.ts';

export function tcp({ host, port, body }: PlanOf<'tcp'>, { words }: OutputParts): Output {
  let kept: Socket | undefined;

  const forget = (socket: Socket): void => {
    if (kept === socket) kept = undefined;
    socket.destroy();
  };

  function connected(signal: AbortSignal): Promise<Socket> {
    if (kept !== undefined) return Promise.resolve(kept);
    const socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: seconds(30) });
    socket.resume(); // nothing that it says is asked for, and its goodbye must be heard
    socket.on('error', () => forget(socket)).on('end', () => forget(socket)).on('close', () => forget(socket));
    return new Promise((resolve, reject) => {
      const stop = (): void => { forget(socket); reject(signal.reason as Error); };
      signal.addEventListener('abort', stop, { once: true });
      socket.once('connect', () => { signal.removeEventListener('abort', stop); kept = socket; resolve(socket); });
      socket.once('error', (error) => { signal.removeEventListener('abort', stop); reject(error); });
    });
  }

  function write(socket: Socket, text: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => { forget(socket); reject(signal.reason as Error); };
      signal.addEventListener('abort', stop, { once: true });
      socket.write(text, (error) => {
        signal.removeEventListener('abort', stop);
        if (error) reject(error); else resolve();
      });
    });
  }

  return {
    async send(delivery: Delivery, signal: AbortSignal): Promise<string> {
      const line = `${bodyOf(delivery, words, { template: body, isJson: body?.startsWith('{') === true }).replaceAll(
        /[\r\n]+/g, ' ',
      )}\n`;
      try {
        await write(await connected(signal), line, signal);
      } catch (error) {
        if (kept !== undefined) forget(kept);
        if (signal.aborted) throw error;
        throw new DeliveryFault(`${host}:${port} cannot be reached (${systemCode(error)
          ?? 'the connection broke'})`, { blame: 'receiver' });
      }
      return 'written';
    },
    async [Symbol.asyncDispose]() { if (kept !== undefined) forget(kept); },
  };
}
