/**
 * Warns in time of the day on which a camera's certificate is believed no more: from then on the camera would be gone.
 */
import type { X509Certificate } from 'node:crypto';
import { isAbort } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { hours, type Millis } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';

export interface ExpiryNoticeOptions { readonly clock: Clock; readonly log: Log }

/** What is read of a certificate. */
export type Expiring = Pick<X509Certificate, 'validToDate' | 'fingerprint256'>;

const DAY = hours(24);
const WARN_BEFORE = hours(30 * 24);

/** One camera's. */
export class ExpiryNotice {
  readonly #options: ExpiryNoticeOptions;
  #latest: { readonly certificate: Expiring; readonly where: string } | undefined;
  #saidAt: Millis | undefined;
  #isWatching = false;

  constructor(options: ExpiryNoticeOptions) { this.#options = options; }

  /**
   * Was shown and believed. From now on it is looked at daily, for a connection may last for months.
   * @param signal - Of the camera.
   */
  seen(certificate: Expiring, where: string, signal: AbortSignal): void {
    this.#latest = { certificate, where };
    this.#look();
    if (this.#isWatching) return;
    this.#isWatching = true;
    void this.#lookDaily(signal);
  }

  async #lookDaily(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await this.#options.clock.wait(DAY, signal);
        this.#look();
      }
    } catch (error) {
      if (!isAbort(error, signal)) throw error;
      this.#isWatching = false;
    }
  }

  /** Says it at most once a day. */
  #look(): void {
    const { clock, log } = this.#options;
    const [latest, now] = [this.#latest, clock.monotonic()];
    const left = (latest?.certificate.validToDate.getTime() ?? Infinity) - clock.now();
    if (latest === undefined || left > WARN_BEFORE || (this.#saidAt !== undefined && now - this.#saidAt < DAY)) return;
    this.#saidAt = now;
    const { certificate: { validToDate, fingerprint256 }, where } = latest;
    const when = `${left > 0 ? 'expires' : 'expired'} on ${validToDate.toISOString().slice(0, 10)}`;
    log.warn(
      `the certificate of ${where} ${when}: no connection is made from then on; give the camera a new one, or set camera.certificate to `
        +
          `sha256:${fingerprint256}, which is believed whatever the date`,
      { camera: where },
    );
  }
}
