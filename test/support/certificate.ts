import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Certificate {
  certFile: string;
  keyFile: string;
  /** The certificate itself, for those who should trust it. */
  pem: string;
}

/** A self-signed certificate for 127.0.0.1 and localhost, good for a day, made in `folder`. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const certFile = join(folder, 'cert.pem');
  const keyFile = join(folder, 'key.pem');
  await promisify(execFile)(process.env.OPENSSL_PATH ?? 'openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', '/CN=localhost', '-days', '1', '-out', certFile, '-keyout', keyFile],
    ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
  ]);
  return { certFile, keyFile, pem: await readFile(certFile, 'utf8') };
}
