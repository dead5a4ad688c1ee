/** Certificates as cameras have them, made by openssl. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export interface ServerKey { readonly key: string; readonly cert: string }

export interface Certificates {
  /** File of the authority's certificate. */
  readonly authority: string;
  /** Signed by the authority, for 127.0.0.1. */
  readonly signed: ServerKey;
  /** Signed by the authority, for a host of another name. */
  readonly elsewhere: ServerKey;
  /** Signed by itself, for nobody in particular. */
  readonly own: ServerKey;
}

const openssl = (folder: string, ...args: readonly string[]) =>
  promisify(execFile)('openssl', [...args], { cwd: folder });
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;

export async function makeCertificates(folder: string): Promise<Certificates> {
  const keyOf = async (name: string): Promise<ServerKey> => ({
    key: await readFile(path.join(folder, `${name}.key`), 'utf8'),
    cert: await readFile(path.join(folder, `${name}.pem`), 'utf8'),
  });
  const selfSigned = (name: string, ...more: readonly string[]) =>
    openssl(
      folder,
      'req', '-x509', ...NEW_KEY, '-days', '2', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.pem`,
      ...more,
    );
  await Promise.all([selfSigned('authority', '-addext', 'basicConstraints=critical,CA:TRUE'), selfSigned('own')]);
  const signed = async (name: string, host: string): Promise<ServerKey> => {
    await openssl(
      folder, 'req', '-new', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`,
    );
    await writeFile(path.join(folder, `${name}.ext`), `subjectAltName=${host}\n`);
    await openssl(
      folder,
      'x509', '-req', '-in', `${name}.csr`, '-CA', 'authority.pem', '-CAkey', 'authority.key', '-set_serial',
      String(name.length), '-days', '2', '-extfile', `${name}.ext`, '-out', `${name}.pem`,
    );
    return await keyOf(name);
  };
  const [forUs, elsewhere, own] = await Promise.all([
    signed('camera', 'IP:127.0.0.1'), signed('elsewhere', 'DNS:cam.lan'), keyOf('own'),
  ]);
  return { authority: path.join(folder, 'authority.pem'), signed: forUs, elsewhere, own };
}

export const fingerprintOf = ({ cert }: ServerKey): string => `sha256:${new X509Certificate(cert).fingerprint256}`;
