import assert from 'node:assert/strict';
import { makeFootage, type Footage } from '../../../test/recording/footage.ts';
import { samplesOf } from '../../contract/mp4-samples.ts';
import { runTool } from '../../media/run-tool.ts';
import { soundOutput } from './plan-sound.ts';
import { SoundJoiner } from './sound-joiner.ts';

const FORMAT = { sampleRate: 16_000, channels: 1 } as const;

/** ffmpeg's output of a second of tone. */
async function tone(sampleRate: number): Promise<Uint8Array> {
  const { output } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-v', 'error', '-f', 'lavfi', '-t', '1', '-i', 'sine',
      ...soundOutput({ format: { sampleRate, channels: 1 }, encoded: true }, 1),
    ],
  });
  return output;
}

describe('sound that is put beside video', () => {
  let footage: Footage;
  const troubles: string[] = [];
  before(async () => { footage = await makeFootage(2); });

  /** Bytes of the frames of sound in each fragment, after `chunks` came before the first. */
  function join(...chunks: readonly Uint8Array[]): readonly (readonly number[])[] {
    const joiner = new SoundJoiner(FORMAT, (error) => troubles.push(error.message));
    const { sound } = joiner.init(footage.init);
    assert.ok(sound !== undefined);
    for (const chunk of chunks) joiner.heard(chunk);
    return footage.fragments.map((fragment) =>
      samplesOf(joiner.fragment(fragment).data, sound).map(({ bytes }) => bytes));
  }

  it('may come in pieces of any size, and before the first picture', async () => {
    const whole = await tone(16_000);
    const pieces = Array.from({ length: Math.ceil(whole.byteLength / 7) }, (_, index) =>
      whole.subarray(index * 7, index * 7 + 7));
    assert.deepEqual(join(...pieces), join(whole));
    assert.ok(join(whole)[0]?.every((bytes) => bytes > 10));
    assert.deepEqual(troubles, []);
  });

  it('is silent where what comes is of another rate than was announced, or no sound at all', async () => {
    for (const chunk of [await tone(44_100), Buffer.from('RTSP/1.0 200 OK\r\n\r\n')]) {
      assert.ok(join(chunk, chunk).flat().every((bytes) => bytes === 4));
    }
    assert.deepEqual(troubles.length, 2, troubles.join());
    assert.match(troubles[0] ?? '', /the sound has 44100 samples a second, 16000 were announced/);
  });
});
