/** What holds the content of a request to its SHA-256 at the server. */
import type * as Sdk from '@aws-sdk/client-s3';

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
