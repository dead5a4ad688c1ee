/** As much of an SMTP server as takes mail (RFC 5321), for tests. */
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

export interface Mail { readonly from: string; readonly to: readonly string[]; readonly data: string }

export interface MailServer extends AsyncDisposable { readonly port: number; readonly mails: Mail[] }

/** @param refusal - Its answer to a mail in place of taking it. */
export async function startMailServer(refusal?: string): Promise<MailServer> {
  const mails: Mail[] = [];
  const server = createServer((socket) => {
    const say = (line: string): void => { socket.write(`${line}\r\n`); };
    let [from, to, data]: [string, string[], string[] | undefined] = ['', [], undefined];
    socket.on('error', () => {});
    say('220 mail ready');
    const lines = createInterface({ input: socket }).on('error', () => {}); // it tells of the socket's a second time
    lines.on('line', (line) => {
      if (data !== undefined) {
        if (line !== '.') return void data.push(line);
        mails.push({ from, to, data: data.join('\n') });
        data = undefined;
        return say('250 taken');
      }
      const [, address = ''] = /<([^>]*)>/.exec(line) ?? [];
      switch (line.slice(0, 4).toUpperCase()) {
        case 'MAIL': from = address; to = []; return say(refusal ?? '250 ok');
        case 'RCPT': to.push(address); return say('250 ok');
        case 'DATA': data = []; return say('354 go on');
        case 'QUIT': say('221 bye'); return void socket.end();
        default: return say('250 ok');
      }
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    port: (server.address() as AddressInfo).port, mails,
    async [Symbol.asyncDispose]() { await new Promise((resolve) => { server.close(resolve); }); },
  };
}
