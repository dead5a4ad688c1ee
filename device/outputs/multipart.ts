/** `multipart/form-data`, RFC 7578, for the services that take pictures so. */
import { randomBytes } from 'node:crypto';

export interface FormFile {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly data: Uint8Array;
}

/** Names of fields are ours; values and the file may hold anything. */
export function multipart(
  fields: Readonly<Record<string, string>>, file: FormFile,
): { readonly body: Uint8Array; readonly contentType: string } {
  const boundary = `tyto-${randomBytes(16).toString('hex')}`;
  const parts = Object.entries(fields)
    .map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${file.field}"; filename="${file.name}"\r\nContent-Type: ${file.type}\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(parts.join('') + head), file.data, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { body, contentType: `multipart/form-data; boundary=${boundary}` };
}
