/** What ffmpeg and its like complain of, mapped once: from words to codes for programs and reasons for people. */
import { DeviceError } from '../../core/errors.ts';
import { redactAddresses } from '../../core/redact-addresses.ts';

interface Meaning {
  readonly says: RegExp;
  readonly code: string;
  readonly reason: (where: string) => string;
  /** A stream that ran may say this of a damaged picture: it then tells nothing of the end. */
  readonly onlyAtStart?: true;
}

/** The first that fits counts. Programs that fail tell it in words only. */
const MEANINGS: readonly Meaning[] = [
  { says: /failed to execute ff(?:mpeg|probe)|env: .?ff(?:mpeg|probe).?: No such file/, code: 'media.tool-missing',
    reason: () => 'ffmpeg is not installed; type: sudo apt-get install ffmpeg' },
  { says: /failed to execute/, code: 'camera.program-missing',
    reason: (where) => `the program that reads ${where} is not installed` },
  { says: /401 Unauthorized|authorization failed/, code: 'camera.unauthorized',
    reason: (where) => `${where} refuses the user name or the password; in the address they stand before the host, ` +
      'user:password@host, and @ / : # ? % in them are written %40 %2F %3A %23 %3F %25' },
  { says: /403 Forbidden/, code: 'camera.forbidden', reason: (where) => `${where} forbids access with this user name` },
  { says: /404 Not Found|454 Session Not Found/, code: 'camera.not-found',
    reason: (where) => `${where} answers, but has nothing under this path; look up the path for this model` },
  { says: /Server returned 4\d\d|Server returned 4XX/, code: 'camera.refused',
    reason: (where) => `${where} refuses the request` },
  { says: /Server returned 5\d\d|5XX Server Error/, code: 'camera.fault',
    reason: (where) => `${where} answers with an error of its own` },
  { says: /Connection refused/, code: 'camera.refused',
    reason: (where) => `nothing listens at ${where}; check the address and the port, and that the camera is on` },
  { says: /Failed to resolve hostname|Name or service not known|name resolution/, code: 'camera.unknown-host',
    reason: (where) => `the name of ${where} is not known here; check it, or use the IP address` },
  { says: /No route to host|Network is unreachable|Host is unreachable/, code: 'camera.unreachable',
    reason: (where) => `${where} cannot be reached; check the network and that the camera is on` },
  { says: /timed out/, code: 'camera.timeout', reason: (where) => `${where} does not answer` },
  { says: /TLS packet|gnutls|certificate|SSL/i, code: 'camera.tls',
    reason: (where) => `${where} does not speak TLS; try rtsp:// or http:// instead` },
  { says: /resource busy/, code: 'camera.busy', reason: (where) => `${where} is in use by another program` },
  { says: /Permission denied|Operation not permitted/, code: 'camera.permission',
    reason: (where) => `no permission to read ${where}` },
  { says: /No cameras? (?:is )?available|No such file or directory|No such device|Inappropriate ioctl/i,
    code: 'camera.missing', reason: (where) => `${where} is not there` },
  {
    says:
      /Invalid data found|moov atom not found|not on whitelist|matches no streams|holds no video|not contain any stream/,
    code: 'camera.no-video', onlyAtStart: true,
    reason: (where) => `${where} answers, but with no video that can be read; check the path`,
  },
];

/**
 * Why a camera's stream ended or did not begin.
 *
 * @param complaint - The last lines of what the programs printed.
 * @param where - The camera, as people may see it.
 * @param delivered - Whether pictures had come.
 */
export function explainComplaint(complaint: string, where: string, delivered: boolean): DeviceError {
  const meaning = MEANINGS.find(({ says, onlyAtStart }) => says.test(complaint) && !(delivered && onlyAtStart));
  if (meaning !== undefined) return new DeviceError(meaning.code, meaning.reason(where));
  // After a stream that ran, the last line is of some picture on the way.
  const lastLine = delivered ? '' : redactAddresses(complaint).split('\n').at(-1)?.replace(/^\[[^\]]*\] /, '');
  return new DeviceError('camera.ended', `${where} ended its stream${lastLine ? `: ${lastLine}` : ''}`);
}
