/** Which requests another site's page may have caused, and which names may be anybody's. */
import { BlockList, isIP } from 'node:net';

export interface RequestOrigin {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`; browsers send it on https and localhost only. */
  readonly fetchSite: string | undefined;
}

/**
 * True when a page of another origin (or of another port of this host) caused the request. Programs that are no
 * browsers send neither header and carry nobody's cookie by accident.
 */
export function isForeign({ host, origin, fetchSite }: RequestOrigin): boolean {
  if (fetchSite === 'same-origin') return false;
  if (origin !== undefined) return host === undefined || !isSameHost(origin, host);
  return fetchSite !== undefined && fetchSite !== 'none';
}

/** Ports that a scheme implies are left out by browsers: `host` is read under the origin's own scheme. */
function isSameHost(origin: string, host: string): boolean {
  const from = hostOf(origin);
  return from !== undefined && from === hostOf(`${new URL(origin).protocol}//${host}`);
}

const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).host || undefined : undefined);

const HOUSE_SUFFIXES = [
  '.local', '.lan', '.home', '.internal', '.home.arpa', '.localdomain', '.localhost', '.fritz.box',
];

/**
 * Addresses that nobody outside can reach (RFC 1918, 4193, 3927, 4291). Not 100.64.0.0/10: the
 * customers of a provider share that.
 */
const HOUSE_NETWORKS = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['169.254.0.0', 16], ['127.0.0.0', 8],
] as const) {
  HOUSE_NETWORKS.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [['::1', 128], ['fc00::', 7], ['fe80::', 10]] as const)
  HOUSE_NETWORKS.addSubnet(network, prefix, 'ipv6');

/**
 * True for an address or a name that only the local network can give out. Only through one of these may the first
 * password be set: a public name may be pointed at the device by the page of a stranger (DNS rebinding), and what has a
 * public address is open to everybody.
 */
export function isHouseHost(host: string | undefined): boolean {
  const url = `http://${host ?? ''}`;
  if (host === undefined || !URL.canParse(url)) return false;
  const name = new URL(url).hostname.replace(/\.$/, '');
  const address = name.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  if (family !== 0) return HOUSE_NETWORKS.check(address, family === 4 ? 'ipv4' : 'ipv6');
  return !name.includes('.') || HOUSE_SUFFIXES.some((suffix) => name.endsWith(suffix));
}
