/** How content goes into a request of a store's own library: streamed, with its end held on to. */
import { Readable } from 'node:stream';

/**
 * Streams the content and holds on to its end: such a library pipes a body and looks after
 * neither its errors nor its closing.
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
