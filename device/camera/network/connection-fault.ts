/** What keeps us from a camera of the network, mapped once: from the system's codes to reasons for people. */
import { DeviceError, systemCode } from '../../core/errors.ts';
import { explainComplaint } from '../stream/complaint.ts';

/** The system's words for its codes: those that programs print. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused', ENOTFOUND: 'Name or service not known', EAI_AGAIN: 'name resolution',
  EHOSTUNREACH: 'No route to host', ENETUNREACH: 'Network is unreachable',
  EHOSTDOWN: 'Host is unreachable', ETIMEDOUT: 'timed out',
};
const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/** @param where - The camera, as people may see it. */
export function explainConnection(error: unknown, where: string): DeviceError {
  if (error instanceof DeviceError) return error;
  const code = codeOf(error);
  const words = code === undefined ? undefined : WORDS[code];
  if (words !== undefined) return explainComplaint(words, where, false);
  if (code !== undefined && BROKEN.has(code))
    return new DeviceError('camera.ended', `${where} broke the connection`, { cause: error });
  if (code?.startsWith('ERR_SSL') || code === 'EPROTO') {
    return new DeviceError(
      'camera.tls',
      `${where} does not speak TLS, or only a version that is no longer safe; try rtsp:// or http:// instead`,
      { cause: error },
    );
  }
  if (code?.startsWith('HPE_'))
    return new DeviceError(
      'camera.no-video', `${where} answers, but not as a camera does over HTTP; check the port`, { cause: error },
    );
  return new DeviceError('camera.ended', `${where} cannot be read`, { cause: error });
}

/** Where a name has several addresses, all were tried: the first failure tells. */
function codeOf(error: unknown): string | undefined {
  return systemCode(error) ?? (error instanceof AggregateError ? codeOf(error.errors[0]) : undefined);
}
