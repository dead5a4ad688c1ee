/** The connections that a doorway hands to this process. */
import { Socket } from 'node:net';
import type { Server } from 'node:http';
import type { RoleMessage } from '../runtime/role-message.ts';
import type { DoorMessage } from './door-message.ts';

/** The line to the parent: `process`. */
export interface ParentLine {
  send?(message: RoleMessage): unknown;
  on(event: 'message', listener: (message: unknown, handle: unknown) => void): unknown;
}

export class HandedConnections {
  readonly #parent: ParentLine;
  readonly #opened = Promise.withResolvers<Extract<DoorMessage, { type: 'door' }>>();
  readonly #open = new Set<Socket>();
  #taken = 0;
  #server: Server | undefined;
  #whenNone: () => void = () => {};

  /** Listens from now on. */
  constructor(parent: ParentLine) {
    this.#parent = parent;
    parent.on('message', (message, handle) => this.#heard(message as DoorMessage, handle));
  }

  /** What the doorway said of itself. */
  get door(): Promise<{ readonly port: number; readonly news: object }> { return this.#opened.promise; }

  /** How many have come; those that had ended by then count. */
  get taken(): number { return this.#taken; }

  /** Gives `server` what comes from now on. */
  giveTo(server: Server): void {
    server.emit('listening'); // that is when Node begins to look for clients that are too slow
    this.#server = server;
  }

  /** Resolves when none is open; none is taken from now on. */
  ended(): Promise<void> {
    this.#server = undefined;
    return new Promise((resolve) => {
      this.#whenNone = resolve;
      if (this.#open.size === 0) resolve();
    });
  }

  #heard(message: DoorMessage, handle: unknown): void {
    switch (message.type) {
      case 'door': return this.#opened.resolve(message);
      case 'connection':
        this.#taken += 1;
        this.#parent.send?.({ type: 'taken' });
        if (handle instanceof Socket) this.#take(handle, Buffer.from(message.head, 'base64'));
        return;
      default: return message satisfies never;
    }
  }

  #take(socket: Socket, head: Buffer): void {
    const server = this.#server;
    if (server === undefined || this.#open.size >= server.maxConnections) return void socket.destroy();
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#whenNone();
    });
    if (head.length > 0) socket.unshift(head);
    server.emit('connection', socket);
  }
}
