/** What several sections ask of a text. */
import { readCertificate } from '../../media/camera-certificate.ts';

export const orEmpty = (pattern: RegExp): RegExp => new RegExp(`^$|${pattern.source}`);
export const ANY = /^[^\0\r\n]*$/;

/** @returns What came, where it is no certificate of an authority. */
export function pemFault(value: string): string | undefined {
  const certificate = readCertificate(value);
  return 'got' in certificate ? certificate.got : certificate.type === 'fingerprint' ? 'a fingerprint' : undefined;
}

/** Loads much: see there. */
export const readers = () => import('../list-readers.ts');
