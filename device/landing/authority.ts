/** Whose signature on a server's certificate is believed, as a setting says it. */
import { readFileSync } from 'node:fs';
import { ConfigError, describeError } from '../core/errors.ts';
import { readCertificate, readPem } from '../media/camera-certificate.ts';

/**
 * @param value - A PEM file, PEM text, or nothing.
 * @param setting - Its name, for people.
 * @returns PEM; empty for the system's authorities.
 * @throws {ConfigError} `upload.ca-invalid`.
 */
export function readAuthority(value: string, setting: string): string {
  const read = readCertificate(value);
  if ('got' in read || read.type === 'fingerprint')
    throw new ConfigError('upload.ca-invalid', `${setting} must be a PEM file, or PEM text`);
  switch (read.type) {
    case 'system': return '';
    case 'pem': return read.certificates.join('');
    case 'file': {
      const certificates = readPem(textOf(read.path, setting));
      if (certificates === undefined)
        throw new ConfigError('upload.ca-invalid', `${setting}: ${read.path} holds no sound certificate in PEM`);
      return certificates.join('');
    }
  }
}

function textOf(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError('upload.ca-invalid', `${setting}: ${file} cannot be read: ${describeError(cause)}`);
  }
}
