/**
 * Does the work that AWS Lambda gives a process: asks for a call, answers it, asks for the next. Images for Lambda
 * mostly have a package with native code for it; the interface is HTTP on loopback and this small.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { request } from 'node:http';
import { describeError } from '../../../device/core/errors.ts';
import type { CallContext } from './handlers.ts';

export type Work = (event: unknown, context: CallContext) => Promise<unknown>;

const API = '/2018-06-01/runtime';

/**
 * Until `signal` aborts, or Lambda ends the process. A call that fails is told as
 * failed, and the next one is asked for.
 * @param address - Host and port.
 * @throws {Error} When Lambda itself does not answer: the process is to end then.
 */
export async function runLambda(address: string, work: Work, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const call = await ask(address, 'GET', `${API}/invocation/next`, undefined, signal);
    const id = String(call.headers['lambda-runtime-aws-request-id']);
    const deadline = Number(call.headers['lambda-runtime-deadline-ms']);
    const done = await answerOf(call.body, work, { getRemainingTimeInMillis: () => deadline - Date.now() });
    await ask(address, 'POST', `${API}/invocation/${id}/${done.how}`, JSON.stringify(done.what), signal);
  }
}

async function answerOf(
  text: string, work: Work, context: CallContext,
): Promise<{ readonly how: 'response' | 'error'; readonly what: unknown }> {
  try {
    return { how: 'response', what: await work(JSON.parse(text), context) ?? null };
  } catch (error) {
    const errorType = error instanceof Error ? error.name : 'Error';
    return { how: 'error', what: { errorType, errorMessage: describeError(error), stackTrace: [] } };
  }
}

interface Reply { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }

/** Without a limit of time: the next call may come in an hour, and the process is frozen until then. */
const ask = (
  address: string, method: string, path: string, body: string | undefined, signal: AbortSignal,
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const asking = request(`http://${address}${path}`, { method, signal }, (reply) => {
      const parts: Buffer[] = [];
      reply.on('data', (part: Buffer) => parts.push(part)).on('error', reject).on('end', () => {
        const status = reply.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve({ headers: reply.headers, body: Buffer.concat(parts).toString() });
        else reject(new Error(`Lambda answered ${method} ${path} with ${status}`));
      });
    });
    asking.on('error', reject).end(body);
  });
