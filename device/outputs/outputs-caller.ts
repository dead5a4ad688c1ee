/** Asks the process that serves the outputs: `web` has nothing of them. */
import { z } from 'zod';
import {
  outputsViewSchema, outputTestSchema, redriveSchema, type OutputTest, type OutputsView, type Redrive,
} from '../contract/outputs-view.ts';
import { DeviceError } from '../core/errors.ts';
import { jsonIn } from '../core/json-in.ts';
import { minutes, seconds, type Millis } from '../core/units.ts';
import { request } from '../runtime/node-http.ts';

/** Why it was not done. */
export interface Refused { readonly status: number; readonly code: string; readonly message: string }

const ANSWER_WITHIN = seconds(10);
/** An output may have this long; see `timeout` of an output. */
const TEST_WITHIN = minutes(6);
const refusal = z.object({ code: z.string(), message: z.string() });

export class OutputsCaller {
  readonly #socket: string;
  readonly #hasAny: boolean;
  /**
   * @param socket - Where `serveOutputs` listens.
   * @param hasAny - Whether there are outputs; without, nobody listens.
   */
  constructor(socket: string, hasAny: boolean) {
    this.#socket = socket;
    this.#hasAny = hasAny;
  }

  /** @throws {DeviceError} `outputs.no-answer` */
  async view(): Promise<OutputsView> {
    if (!this.#hasAny) return { outputs: [] };
    const view = await this.#ask('GET', '/outputs', outputsViewSchema, ANSWER_WITHIN);
    if ('status' in view) throw noAnswer(new Error(view.message));
    return view;
  }

  /** @throws {DeviceError} `outputs.no-answer` */
  test(name: string): Promise<OutputTest | Refused> { return this.#do(name, 'test', outputTestSchema, TEST_WITHIN); }

  /** @throws {DeviceError} `outputs.no-answer` */
  redrive(name: string): Promise<Redrive | Refused> { return this.#do(name, 'redrive', redriveSchema, ANSWER_WITHIN); }

  #do<T>(name: string, what: string, schema: z.ZodType<T>, within: Millis): Promise<T | Refused> {
    if (!this.#hasAny)
      return Promise.resolve({ status: 404, code: 'outputs.unknown', message: `there is no output ${name}` });
    return this.#ask('POST', `/outputs/${encodeURIComponent(name)}/${what}`, schema, within);
  }

  #ask<T>(method: string, path: string, schema: z.ZodType<T>, timeout: Millis): Promise<T | Refused> {
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown): void => reject(noAnswer(cause));
      const call = request({ socketPath: this.#socket, method, path, timeout }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('error', fail).on('end', () => {
          const { statusCode: status = 503 } = answer;
          const content = jsonIn(text);
          const told = status === 200 ? schema.safeParse(content) : undefined;
          if (told?.success === true) return resolve(told.data);
          const refused = refusal.safeParse(content);
          if (refused.success) resolve({ status, ...refused.data });
          else fail(new Error(`status ${status}`));
        });
      });
      call.on('timeout', () => call.destroy(new Error('no answer in time'))).on('error', fail).end();
    });
  }
}

const noAnswer = (cause: unknown): DeviceError =>
  new DeviceError(
    'outputs.no-answer',
    'the process that serves the outputs does not answer; it may be starting, try again in a moment', { cause },
  );
