/** Asks the process that keeps the archive for a change: `web` itself only reads. */
import { z } from 'zod';
import { DeviceError } from '../core/errors.ts';
import { jsonIn } from '../core/json-in.ts';
import { seconds } from '../core/units.ts';
import { request } from '../runtime/node-http.ts';

/** Why it was not done. */
export interface Refused { readonly status: number; readonly code: string; readonly message: string }

const ANSWER_WITHIN = seconds(10);
const refusal = z.object({ code: z.string(), message: z.string() });

export class ArchiveCaller {
  readonly #socket: string;
  /** @param socket - As the archive's thread was told. */
  constructor(socket: string) { this.#socket = socket; }

  /** Resolves undefined when it is durable. @throws {DeviceError} `archive.no-answer` */
  star(id: string, starred: boolean): Promise<Refused | undefined> {
    return this.#ask(starred ? 'PUT' : 'DELETE', `/events/${id}/star`);
  }

  /** Resolves undefined when nothing is left of it. @throws {DeviceError} `archive.no-answer` */
  remove(id: string): Promise<Refused | undefined> { return this.#ask('DELETE', `/events/${id}`); }

  /**
   * Resolves undefined when events name nobody any more who was forgotten, and everybody else as they are called now.
   * @throws {DeviceError} `archive.no-answer`
   */
  changeNames(): Promise<Refused | undefined> { return this.#ask('PUT', '/people'); }

  /** Resolves undefined when the event says whose its `face` is. @throws {DeviceError} `archive.no-answer` */
  nameFace(id: string, face: number, name: string): Promise<Refused | undefined> {
    return this.#ask('PUT', `/events/${id}/face/${face}?name=${encodeURIComponent(name)}`);
  }

  /**
   * Resolves undefined when the event's `face` is not said to be that of `name` any more.
   * @throws {DeviceError} `archive.no-answer`
   */
  unnameFace(id: string, face: number, name: string): Promise<Refused | undefined> {
    return this.#ask('DELETE', `/events/${id}/face/${face}?name=${encodeURIComponent(name)}`);
  }

  #ask(method: string, path: string): Promise<Refused | undefined> {
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown): void => reject(new DeviceError('archive.no-answer',
        'the camera\'s process does not answer; it may be starting or its disk may be slow, try again in a moment',
        { cause }));
      const call = request({ socketPath: this.#socket, method, path, timeout: ANSWER_WITHIN }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('error', fail).on('end', () => {
          if (answer.statusCode === 204) return resolve(undefined);
          const told = refusal.safeParse(jsonIn(text));
          if (told.success) resolve({ status: answer.statusCode ?? 503, ...told.data });
          else fail(new Error(`status ${answer.statusCode}`));
        });
      });
      call.on('timeout', () => call.destroy(new Error('no answer in time'))).on('error', fail).end();
    });
  }
}
