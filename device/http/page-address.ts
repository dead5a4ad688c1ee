import { networkInterfaces } from 'node:os';

/** Addresses at which people can open the page, the one for this machine first. */
export function pageAddresses(host: string, port: number): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [`http://${host.includes(':') ? `[${host}]` : host}:${port}/`];
  const outside = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => `http://${address}:${port}/`);
  return [`http://localhost:${port}/`, ...outside];
}
