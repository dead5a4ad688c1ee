/** How content goes into a request of the S3 SDK: streamed, and held by the server to its SHA-256. */
import { Readable } from 'node:stream';
import type * as Sdk from '@aws-sdk/client-s3';

/**
 * Streams the content and holds on to its end: the SDK pipes a body and looks after neither its errors nor its closing.
 * @throws {unknown} What broke the body, rather than the abort that this caused.
 */
export async function sendBody<T>(
  chunks: AsyncIterable<Uint8Array>, signal: AbortSignal, send: (body: Readable, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const broken = new AbortController();
  const body = Readable.from(chunks, { objectMode: false });
  body.on('error', (error) => { broken.abort(error); });
  try {
    return await send(body, AbortSignal.any([signal, broken.signal]));
  } catch (error) {
    signal.throwIfAborted();
    throw broken.signal.aborted ? broken.signal.reason : error;
  } finally {
    body.destroy();
  }
}

/** Signs the content's hash with the request: the server itself refuses what did not arrive as it was recorded. */
export function signed<C extends Sdk.PutObjectCommand | Sdk.UploadPartCommand>(command: C, sha256: string): C {
  const stack = command.middlewareStack as Sdk.PutObjectCommand['middlewareStack']; // both begin alike
  stack.add((next) => (args) => {
    const { headers } = args.request as { headers: Record<string, string> };
    headers['x-amz-content-sha256'] = sha256;
    return next(args);
  }, { step: 'build', name: 'signContentHash' });
  return command;
}
