/** Whose certificate is believed to be the camera's. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext, type TLSSocket } from 'node:tls';
import { DeviceError } from '../../core/errors.ts';
import { readPem, type CameraCertificate } from '../../media/camera-certificate.ts';

/** What a TLS connection to the camera is made with, and judged by, before anything is said over it. */
export interface Trust {
  readonly context: SecureContext;
  /** Why the certificate that `socket` was shown is not believed; undefined when it is. `socket` must know its host. */
  refusal(socket: TLSSocket, where: string): DeviceError | undefined;
}

/** Hears which certificate was believed because of what the owner listed: one that its date can end. */
export type Believed = (certificate: X509Certificate, where: string) => void;

/** @throws {DeviceError} `camera.certificate` when the file cannot be used. */
export async function openTrust(certificate: CameraCertificate, onBelieved: Believed): Promise<Trust> {
  switch (certificate.type) {
    case 'system': return trustAuthorities([...getCACertificates('default'), ...getCACertificates('system')], () => {});
    case 'pem': return trustAuthorities(certificate.certificates, onBelieved);
    case 'file': return trustAuthorities(await readAuthorities(certificate.path), onBelieved);
    case 'fingerprint': return trustOne(certificate.sha256);
    default: return certificate satisfies never;
  }
}

async function readAuthorities(file: string): Promise<readonly string[]> {
  const wrong = (what: string, cause?: unknown): DeviceError =>
    new DeviceError(
      'camera.certificate', `camera.certificate: expected a PEM file with certificates, but ${file} ${what}`, { cause },
    );
  const text = await readFile(file, 'utf8').catch((cause: unknown) => { throw wrong('cannot be read', cause); });
  const certificates = readPem(text);
  if (certificates === undefined) throw wrong('holds none');
  return certificates;
}

/**
 * What one of the authorities signed for this host, or is itself in the list: then it is no matter what host it is for.
 */
function trustAuthorities(certificates: readonly string[], onBelieved: Believed): Trust {
  const context = createSecureContext({ ca: [...new Set(certificates)], allowPartialTrustChain: true });
  const listed = certificates.length > MOST_PINNED ? []
    : certificates.map((pem) => new X509Certificate(pem).fingerprint256);
  return {
    context,
    refusal(socket, where) {
      const shown = shownBy(socket);
      if (shown === undefined) return nothingShown(where);
      const code = reasonCode(socket);
      if (code !== undefined && !(code === NOT_FOR_HOST && listed.includes(shown.fingerprint256)))
        return refuse(code, shown, where);
      onBelieved(shown, where);
      return undefined;
    },
  };
}

/** More than an owner lists: the system's authorities, which no camera is. */
const MOST_PINNED = 20;

function trustOne(sha256: string): Trust {
  return {
    context: createSecureContext(),
    refusal(socket, where) {
      const shown = shownBy(socket);
      if (shown === undefined) return nothingShown(where);
      if (shown.fingerprint256 === sha256) return undefined;
      return new DeviceError(
        'camera.certificate',
        `${where} shows another certificate than the one in camera.certificate; ` +
          `if it was given a new one, set camera.certificate to ${printed(shown)}, `
            + 'otherwise somebody may sit in between',
      );
    },
  };
}

function shownBy(socket: TLSSocket): X509Certificate | undefined {
  const { raw } = socket.getPeerCertificate() as { readonly raw?: Buffer };
  return raw === undefined ? undefined : new X509Certificate(raw);
}

const nothingShown = (where: string): DeviceError =>
  new DeviceError('camera.certificate', `${where} shows no certificate`);

/**
 * The verdict of the TLS library and of Node, which compares the host; the socket keeps it
 * as a code or as the error itself.
 */
function reasonCode(socket: TLSSocket): string | undefined {
  if (socket.authorized) return undefined;
  const verdict: unknown = socket.authorizationError;
  if (typeof verdict === 'string') return verdict;
  return verdict instanceof Error && 'code' in verdict ? String(verdict.code) : 'UNKNOWN';
}

const NOT_FOR_HOST = 'ERR_TLS_CERT_ALTNAME_INVALID';

function refuse(code: string, shown: X509Certificate, where: string): DeviceError {
  const advice = `if this is your camera, set camera.certificate to ${printed(shown)}, `
    + `or to a PEM file with the certificate or its authority's`;
  return new DeviceError('camera.certificate', `${REASONS[code]?.(where, shown)
    ?? `the certificate of ${where} is not trusted (${code})`}; ${advice}`);
}

const REASONS: Readonly<Record<string, (where: string, shown: X509Certificate) => string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: (
    where,
  ) => `${where} signs its certificate itself, as many cameras do, so nobody vouches for it`,
  SELF_SIGNED_CERT_IN_CHAIN: (where) => `the certificate of ${where} is signed by an authority that is not known here`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (
    where,
  ) => `the certificate of ${where} is signed by an authority that is not known here`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: (
    where,
  ) => `the certificate of ${where} is signed by an authority that is not known here`,
  CERT_HAS_EXPIRED: (where, { validTo }) => `the certificate of ${where} has expired (${validTo})`,
  CERT_NOT_YET_VALID: (
    where, { validFrom },
  ) => `the certificate of ${where} is not valid yet (from ${validFrom} on); is this device's clock right?`,
  [NOT_FOR_HOST]: (
    where, { subject, subjectAltName },
  ) => `the certificate of ${where} is for another host (${namesOf(subject, subjectAltName)})`,
};

const namesOf = (subject: string, alternatives: string | undefined): string =>
  (alternatives ?? subject).replaceAll('\n', ', ') || 'no name';

const printed = ({ fingerprint256 }: X509Certificate): string => `sha256:${fingerprint256}`;

/** Names are sent along for hosts with several certificates; an IP address is none. */
export const serverName = (host: string): string => (isIP(host) === 0 ? host : '');
