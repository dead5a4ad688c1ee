/** A condition that a server is asked for: whether the camera may be armed just now. */
import { describeError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { redactAddresses } from '../../core/redact-addresses.ts';
import type { Millis } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Condition } from './decide.ts';

export interface HttpQuestion {
  /** Asked with POST and a JSON of device and camera. 2xx allows arming, 4xx does not; anything else is no answer. */
  readonly url: string;
  readonly every: Millis;
  readonly timeout: Millis;
  /** What counts while there is no answer. */
  readonly withoutAnswer: 'armed' | 'disarmed';
  readonly device: string;
  readonly camera: string;
}

export class HttpCondition {
  readonly #question: HttpQuestion;
  readonly #log: Log;
  #answer: boolean | undefined;
  #fault: string | undefined = 'it was not asked yet';
  constructor(question: HttpQuestion, log: Log) {
    this.#question = question;
    this.#log = log;
  }

  get condition(): Condition {
    if (this.#fault === undefined)
      return {
        allows: this.#answer === true,
        because: `the server of arming.http says ${this.#answer === true ? 'yes' : 'no'}`,
      };
    const allows = this.#question.withoutAnswer === 'armed';
    return {
      allows,
      because: `the server of arming.http does not answer (${this.#fault}), which counts as ${allows ? 'yes' : 'no'}`,
    };
  }

  /** Asks until `signal` aborts. @param onNews - Something may have changed. */
  async run(clock: Clock, onNews: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.ask(signal);
      onNews();
      await clock.wait(this.#question.every, signal).catch(() => {});
    }
  }

  async ask(signal: AbortSignal): Promise<void> {
    const { timeout, device, camera } = this.#question;
    const { url, headers } = addressOf(this.#question.url);
    try {
      const response = await fetch(url, {
        method: 'POST', redirect: 'error', body: JSON.stringify({ device, camera }),
        headers: { 'Content-Type': 'application/json', ...headers },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      });
      await response.body?.cancel();
      if (response.status >= 500 || response.status < 200) this.#failed(`status ${response.status}`);
      else {
        if (this.#fault !== undefined) this.#log.info('the server of arming.http answers', { status: response.status });
        this.#fault = undefined;
        this.#answer = response.ok;
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#failed(reasonOf(error));
    }
  }

  #failed(fault: string): void {
    if (fault !== this.#fault) this.#log.warn('the server of arming.http does not answer', { reason: fault });
    this.#fault = fault;
  }
}

/** `fetch` says only that it failed; its cause says why. Neither names the address, which may hold a password. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : undefined;
  return code ?? redactAddresses(describeError(cause));
}

/** User and password go as Basic authentication: an address that holds them is none that can be asked. */
function addressOf(text: string): { readonly url: URL; readonly headers: Readonly<Record<string, string>> } {
  const url = new URL(text);
  const { username, password } = url;
  url.username = url.password = '';
  const credentials = [username, password].map(decodeURIComponent).join(':');
  return {
    url, headers: credentials === ':' ? {} : { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  };
}
