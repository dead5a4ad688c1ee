/**
 * An agent of Kerberos as far as a Vault sees it: its requests, names, headers and order of metadata as
 * kerberos-io/agent writes them, and what it does when they fail.
 */
import { once } from 'node:events';
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface AgentSettings {
  readonly port: number;
  /** Path of the address that it is pointed at; the root unless said. */
  readonly base?: string;
  readonly accessKey: string;
  readonly secretAccessKey: string;
  readonly directory: string;
  readonly device: string;
}

export interface Recording {
  readonly fileName: string;
  readonly data: Buffer;
  readonly fps: string;
  readonly durationMs: string;
  readonly timestampMs: string;
}

const CHUNK = 8 * 1024 * 1024;

interface AgentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export class KerberosAgent {
  readonly #settings: AgentSettings;
  /** What it asked and was answered, one line each: `PATCH 204`. */
  readonly told: string[] = [];
  /** Breaks its line in the middle of the next piece. */
  breakNextPiece = false;
  constructor(settings: AgentSettings) { this.#settings = settings; }

  async ping(): Promise<boolean> { return (await this.#ask('POST', '/ping', this.#keys())).status === 200; }

  /** Every ten seconds, without any keys. */
  async heartbeat(): Promise<number> {
    const body = Buffer.from(JSON.stringify({
      key: this.#settings.device, version: '3.5.0', hostname: 'raspberrypi', architecture: 'arm64',
      uptime: '3 days', boot_time: '5 days', total_memory: '4096', used_memory: '1024',
      free_memory: '3072', process_memory: '96', mac_list: ['b8:27:eb:00:00:01'],
      ip_list: ['192.168.1.20'], cameraConnected: 'true', onvif: 'false', docker: true, kios: false, raspberrypi: true,
    }));
    return (await this.#ask('POST', '/devices/heartbeat', { 'Content-Type': 'application/json' }, body)).status;
  }

  /** By tus; by one request where tus is not spoken. @returns Whether it is stored: it deletes its own then. */
  async upload(recording: Recording): Promise<boolean> {
    for (let attempt = 0; attempt < 4; attempt++) {
      const created = await this.#ask('POST', '/storage/tus/', {
        ...this.#keys(), 'Tus-Resumable': '1.0.0',
        'Upload-Length': String(recording.data.byteLength), 'Upload-Metadata': this.#metadata(recording),
      });
      if ([404, 405, 501].includes(created.status)) return this.uploadWhole(recording);
      if (created.status !== 201) return false;
      const id = String(created.headers['location']).split('/').at(-1) ?? '';
      const outcome = await this.#sendPieces(id, recording.data);
      if (outcome !== 'start over') return outcome === 'stored';
    }
    return false;
  }

  async uploadWhole({ fileName, data, fps, durationMs, timestampMs }: Recording): Promise<boolean> {
    const { status } = await this.#ask('POST', '/storage', {
      'Content-Type': 'video/mp4', 'X-Kerberos-Storage-CloudKey': 'hub-public-key',
      ...this.#keys(), 'X-Kerberos-Storage-Provider': 'minio',
      'X-Kerberos-Storage-FileName': fileName,
      'X-Kerberos-Storage-Device': this.#settings.device, 'X-Kerberos-Storage-Capture': 'IPCamera',
      'X-Kerberos-Storage-Directory': this.#settings.directory, 'X-Kerberos-Storage-Fps': fps,
      'X-Kerberos-Storage-Duration': durationMs, 'X-Kerberos-Storage-Timestamp': timestampMs,
    }, data);
    return status === 200;
  }

  /** Begins an upload and gives it up. */
  async abort(recording: Recording): Promise<number> {
    const created = await this.#ask('POST', '/storage/tus/', {
      ...this.#keys(), 'Tus-Resumable': '1.0.0', 'Upload-Length': '100', 'Upload-Metadata': this.#metadata(recording),
    });
    return (await this.#ask('DELETE', `/storage/tus/${String(created.headers['location']).split('/').at(-1)}`, {
      ...this.#keys(), 'Tus-Resumable': '1.0.0',
    })).status;
  }

  async #sendPieces(id: string, data: Buffer): Promise<'stored' | 'start over' | 'failed'> {
    for (let tries = 0; tries < 20; tries++) {
      const head = await this.#ask('HEAD', `/storage/tus/${id}`, { ...this.#keys(), 'Tus-Resumable': '1.0.0' });
      if (head.status === 404 || head.status === 410) return 'start over';
      if (head.status !== 200 && head.status !== 204) continue;
      let offset = Number(head.headers['upload-offset']);
      while (offset < data.byteLength) {
        const piece = data.subarray(offset, offset + CHUNK);
        const sent = await this.#ask('PATCH', `/storage/tus/${id}`, {
          ...this.#keys(), 'Tus-Resumable': '1.0.0',
          'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream',
        }, piece);
        if (sent.status !== 204) break;
        offset = Number(sent.headers['upload-offset']);
      }
      if (offset === data.byteLength) return 'stored';
    }
    return 'failed';
  }

  /** Sorted by name; what is empty is left out. */
  #metadata({ fileName, fps, durationMs, timestampMs }: Recording): string {
    const fields: Readonly<Record<string, string>> = {
      filename: fileName, device: this.#settings.device, directory: this.#settings.directory,
      provider: 'minio', capture: 'IPCamera', cloudkey: '', fps, duration: durationMs, timestamp: timestampMs,
    };
    return Object.entries(fields).filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`).join(',');
  }

  #keys(): Readonly<Record<string, string>> {
    return {
      'X-Kerberos-Storage-AccessKey': this.#settings.accessKey,
      'X-Kerberos-Storage-SecretAccessKey': this.#settings.secretAccessKey,
    };
  }

  async #ask(
    method: string, path: string, headers: Readonly<Record<string, string>>, body?: Buffer,
  ): Promise<AgentAnswer> {
    const sent = request({
      host: '127.0.0.1', port: this.#settings.port, method, path: (this.#settings.base ?? '') + path,
      headers: { ...headers, 'Content-Length': String(body?.byteLength ?? 0) }, agent: false,
    });
    const answered = new Promise<AgentAnswer>((resolve, reject) => {
      sent.once('error', reject);
      sent.once('response', (answer) => {
        buffer(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes.toString('utf8') }),
          reject,
        );
      });
    });
    if (method === 'PATCH' && this.breakNextPiece && body !== undefined) {
      this.breakNextPiece = false;
      answered.catch(() => {});
      if (!sent.write(body.subarray(0, Math.floor(body.byteLength / 2)))) await once(sent, 'drain');
      sent.destroy();
      this.told.push(`${method} broken`);
      return { status: 0, headers: {}, body: '' };
    }
    sent.end(body);
    const answer = await answered;
    this.told.push(`${method} ${answer.status}`);
    return answer;
  }
}
