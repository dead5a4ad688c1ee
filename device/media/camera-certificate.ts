/**
 * What the setting `camera.certificate` may say: for the settings, that refuse the rest, and
 * for whoever connects to the camera.
 */

export type CameraCertificate =
  /** Certificates of the system's authorities are trusted. */
  | { readonly type: 'system' }
  /** Those of these authorities are, or these very ones. */
  | { readonly type: 'pem'; readonly certificates: readonly string[] }
  /** The same, in a file. */
  | { readonly type: 'file'; readonly path: string }
  /** This one is, whoever signed it: SHA-256 as `AB:CD:…`. */
  | { readonly type: 'fingerprint'; readonly sha256: string };

export const CAMERA_CERTIFICATE =
  'a PEM file, PEM text, or the fingerprint of a certificate as sha256:AB:CD:… (32 bytes)';

/** Reads the setting. @returns What came instead, as `got`. */
export function readCertificate(text: string): CameraCertificate | { readonly got: string } {
  if (text === '') return { type: 'system' };
  if (text.includes('-----BEGIN')) {
    const certificates = readPem(text);
    return certificates === undefined
      ? { got: 'PEM text that holds no sound certificate' }
      : { type: 'pem', certificates };
  }
  const [, scheme, digits] = /^(sha-?256[:=])?\s*([\da-f][\da-f: ]*)$/i.exec(text) ?? [];
  const hex = digits?.replaceAll(/[: ]/g, '') ?? '';
  if (hex.length === 64) return { type: 'fingerprint', sha256: hex.toUpperCase().match(/../g)?.join(':') ?? '' };
  if (scheme !== undefined || /^sha/i.test(text)) return { got: `"${text}"` };
  return { type: 'file', path: text };
}

/**
 * The certificates of a PEM text, each by itself; undefined when it holds none, or one that cannot be read. Variables
 * often lose the line breaks, or spell them as \n.
 */
export function readPem(text: string): readonly string[] | undefined {
  const found = [
    ...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g),
  ].map(([, body = '']) => {
    const base64 = body.replaceAll(String.raw`\r`, '').replaceAll(String.raw`\n`, '').replaceAll(/\s/g, '');
    return `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`;
  });
  return found.length > 0 && found.every(isCertificate) ? found : undefined;
}

/** Node's cryptography is loaded here: it takes 9 ms, and of those who read settings few have a certificate. */
function isCertificate(pem: string): boolean {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  try {
    return new X509Certificate(pem).raw.byteLength > 0;
  } catch {
    return false;
  }
}
