/** Where a service listens, and what is said when it cannot. Without Node's `http`: not who holds a port needs that. */
import { ConfigError, systemCode } from '../core/errors.ts';

export interface HttpAddress {
  /** 0 for one that is free. */
  readonly port: number;
  readonly host: string;
  /** The setting that a user changes when the port is taken: `TYTO_WEB_PORT`. Its room stands in the error's code. */
  readonly setting: string;
  readonly room: string;
  /**
   * At most so many at once; 256 unless said, which is more than a house has browsers. What
   * comes beyond waits for the system.
   */
  readonly connections?: number;
}

/** What a user can do about a port that cannot be had. */
export function listenError({ port, host, setting, room }: HttpAddress, cause: Error): Error {
  const told: Readonly<Record<string, readonly [code: string, message: string]>> = {
    EADDRINUSE: [
      'port-in-use',
      `port ${port} on ${host} is used by another program; end that one, or set ${setting} to a free port`,
    ],
    EACCES: ['port-denied', `port ${port} may only be used by the administrator; set ${setting} to one from 1024 on`],
    EADDRNOTAVAIL: ['no-such-host', `${host} is no address of this machine; 0.0.0.0 stands for all of them`],
  };
  const known = told[systemCode(cause) ?? ''];
  // Without its cause, which says the same in the system's words.
  return known === undefined ? cause : new ConfigError(`${room}.${known[0]}`, known[1]);
}
