/**
 * Runs a program of the user's: no shell, the event on standard input, no rights beyond ours, killed with
 * all it started when its time is up.
 */
import type { PlanOf } from '../../contract/outputs.ts';
import { describeError, systemCode } from '../../core/errors.ts';
import { jsonBody } from '../body.ts';
import { killGroup } from '../kill-group.ts';
import type { OutputParts } from '../parts.ts';
import { DeliveryFault, type Delivery, type Output } from '../port.ts';

/** Nothing of our own environment, in which there are passwords. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };
const SHOWN = 200;
/** As in sysexits.h, which `sendmail` and others follow: try again later. */
const EX_TEMPFAIL = 75;
/** What a shell, and what runs it confined, answers when there is no such program. */
const NOT_RUN: ReadonlySet<number | null> = new Set([126, 127]);

export function script({ command: [program = '', ...args] }: PlanOf<'script'>, { startProgram }: OutputParts): Output {
  return {
    async send(delivery: Delivery, signal: AbortSignal): Promise<string> {
      signal.throwIfAborted();
      const child = startProgram(program, args, {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          ...ENVIRONMENT, TYTO_DELIVERY: delivery.key, TYTO_EVENT: delivery.message.after.id,
          TYTO_PHASE: delivery.phase,
        },
      });
      const kill = (): void => killGroup(child.pid);
      signal.addEventListener('abort', kill, { once: true });
      const said = [firstOf(child.stdout), firstOf(child.stderr)];
      child.stdin?.on('error', () => {}); // it need not read what happened
      child.stdin?.end(`${jsonBody(delivery)}\n`);
      try {
        const [code, endedBy] = await new Promise<readonly [number | null, NodeJS.Signals | null]>((
          resolve, reject,
        ) => {
          child.once('error', (error) => reject(notStarted(program, error)));
          child.once('exit', (...how) => { resolve(how); });
        });
        signal.throwIfAborted();
        if (code === 0) return ['ended well', ...words(said)].join(': ');
        throw new DeliveryFault(
          [code === null ? `ended by ${endedBy}` : `exit code ${code}`, ...words(said)].join(': '),
          {
            blame: code === EX_TEMPFAIL || NOT_RUN.has(code) ? 'receiver' : 'message',
          },
        );
      } finally {
        signal.removeEventListener('abort', kill);
        kill(); // also what it has left behind
        child.stdout?.destroy();
        child.stderr?.destroy();
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

const notStarted = (program: string, error: Error): DeliveryFault => new DeliveryFault(
  `${program} cannot be started (${systemCode(error)
    ?? describeError(error)}); see that it is there and may be executed`, { blame: 'receiver' });

/** Keeps the beginning of a stream and lets the rest pass. */
function firstOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    if (text.length < SHOWN) text = (text + chunk.toString('utf8')).slice(0, SHOWN);
  });
  return () => text.trim();
}

const words = (said: readonly (() => string)[]): readonly string[] =>
  said.map((each) => each()).filter((text) => text !== '').slice(0, 1);
