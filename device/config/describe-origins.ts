import type { LoadedSettings } from './load-settings.ts';

/**
 * What was set and where, in one line for the log; passwords are left out.
 * `environment: camera.source "rtsp://192.0.2.7/…"; config.json: motion.sensitivity 0.6`
 */
export function describeOrigins({ given }: Pick<LoadedSettings, 'given'>): string {
  const byOrigin = Map.groupBy(given, ([, { origin }]) => origin);
  const groups = [...byOrigin].map(([origin, entries]) =>
    `${origin}: ${entries.map(([key, { shown }]) => `${key} ${shown}`).join(', ')}`);
  return groups.join('; ') || 'all settings have their defaults';
}
