/**
 * A Kafka broker: the one that librdkafka has for its own tests, held open by Debian's
 * `kcat`. Without passwords and TLS.
 */
import { spawn, spawnSync } from 'node:child_process';
import { eventually } from '../eventually.ts';
import { killChild } from './kill-child.ts';

export interface KafkaRecord {
  readonly partition: number;
  readonly key: string;
  readonly headers: string;
  readonly value: string;
}

export interface Kafka extends AsyncDisposable {
  /** `host:port` */
  readonly broker: string;
  /** It answers nobody any more, until `resume`: what it holds is kept in memory alone. */
  pause(): void;
  resume(): void;
  /** Everything in a topic, each partition in order. */
  read(topic: string): readonly KafkaRecord[];
}

/** @returns undefined where kcat is not installed. */
export async function startKafka(): Promise<Kafka | undefined> {
  if (spawnSync('kcat', ['-V']).error !== undefined) return undefined;
  // What it is given to produce never comes: it stays until its input ends.
  const child =
    spawn('kcat', ['-P', '-t', '__held', '-b', '127.0.0.1:1', '-X', 'test.mock.num.brokers=1', '-d', 'mock'], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { if (said.length < 10_000) said += text; });
  const broker = await eventually('the Kafka broker', () => /bootstrap\.servers=(127\.0\.0\.1:\d+)/.exec(said)?.[1]);
  return {
    broker,
    pause: () => { child.kill('SIGSTOP'); },
    resume: () => { child.kill('SIGCONT'); },
    read: (topic) => {
      const { stdout } = spawnSync('kcat', [
        '-C', '-t', topic, '-b', broker, '-o', 'beginning', '-e', '-q', '-f', '%p\t%k\t%h\t%s\n',
      ], { encoding: 'utf8', maxBuffer: 1e9 });
      return stdout.split('\n').filter((line) => line !== '').map((line) => {
        const [partition, key = '', headers = '', value = ''] = line.split('\t');
        return { partition: Number(partition), key, headers, value };
      });
    },
    [Symbol.asyncDispose]: () => killChild(child),
  };
}
