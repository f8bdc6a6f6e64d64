import {resolve} from 'node:path';
import {BroadcastChannel} from 'node:worker_threads';
import {expect, test} from 'vitest';
import {defaultSingSettings} from '../../../src/protocol/sing';
import {ControlWord} from '../../../src/worker/controlWord';
import {RecorderLink} from '../../../src/worker/recorderLink';
import {channelName, type RingAnnouncement} from '../../../src/worker/messages';
import {Ring, frameType} from '../../../src/worker/ring';

/** A link whose recorder was started, as far as anybody knows, and takes nothing. */
function newLink(runDir: string | null = null): RecorderLink {
  const control = new ControlWord();
  control.claimRecorder();
  const options = {
    packageRoot: resolve('.'), store: '', session: '', runDir: null, parent: null, trial: null, arm: null, sing: defaultSingSettings,
    equalKernels: false, lrScale: 1, seed: null, maxSteps: null, budgetPct: 2, failOn: [], runtime: 'auto' as const, managed: null,
  };
  const launch = {
    format: 1, id: 'r', parent: null, session: null, trial: null, arm: null, seed: null, script: null, args: [], cwd: '', created: 0,
    sing: defaultSingSettings, lrScale: 1, maxSteps: null,
  };
  return new RecorderLink(control, {options, runDir, launch, pid: process.pid, node: process.version});
}

const big = (link: RecorderLink): void => { link.write(frameType.step, 3 << 20, () => undefined); };

test('a recorder that takes nothing is waited for once, not at every step; what is given up is counted', () => {
  const link = newLink();
  link.openForSteps(0);
  const begin = performance.now();
  for (let frame = 0; frame < 100; frame++) big(link);
  expect(link.dropped).toBe(95);
  // 95 frames in vain: with a wait for each it would be three minutes.
  expect(performance.now() - begin).toBeLessThan(30_000);
});

test.each(['late', 'early'])('events from before the first step come before all else, whether the recorder comes %s', async (when) => {
  const rings: Ring[] = [];
  const texts: string[] = [];
  const recorder = new BroadcastChannel(channelName(process.pid));
  recorder.onmessage = (event) => {
    const ring = new Ring((event as {data: RingAnnouncement}).data.ring);
    if (ring.attach()) rings.push(ring);
  };
  const link = newLink('run');
  const log = (name: string): void => { link.send({type: 'metric', step: 0, source: 'log', epoch: null, batch: null, values: {[name]: 1}}); };
  link.send({type: 'stop', step: 0, by: 'request'});
  log('first');
  log('second');
  if (when === 'early') await expect.poll(() => rings.length).toBe(1);
  link.openForSteps(0);
  log('third');
  await expect.poll(() => rings.length).toBe(when === 'early' ? 2 : 1);
  // Time for one too many.
  await new Promise((done) => setTimeout(done, 50));
  for (const ring of rings) ring.drain((_type, floats, at, words) => { texts.push(Buffer.from(floats.buffer, floats.byteOffset + at * 8, words * 8).toString()); });
  expect(texts.map((text) => /stop|first|second|third/.exec(text)?.[0])).toEqual(['stop', 'first', 'second', 'third']);
  expect(rings).toHaveLength(when === 'early' ? 2 : 1);
  recorder.close();
});

test('of what a process reports that has not trained the newest is kept, and all that we have to say', async () => {
  let ring: Ring | null = null;
  const recorder = new BroadcastChannel(channelName(process.pid));
  recorder.onmessage = (event) => { ring = new Ring((event as {data: RingAnnouncement}).data.ring); };
  const link = newLink();
  link.send({type: 'notice', code: 'a', message: 'b'});
  for (let step = 1; step <= 12_000; step++) link.send({type: 'metric', step, source: 'log', epoch: null, batch: null, values: {x: 1}});
  await new Promise((done) => setTimeout(done, 50));
  expect(ring).toBeNull();
  link.openForSteps(0);
  await expect.poll(() => ring).not.toBeNull();
  const events: {type: string; step?: number}[] = [];
  ring!.drain((_type: number, floats: Float64Array, at: number, words: number) => { events.push(JSON.parse(Buffer.from(floats.buffer, floats.byteOffset + at * 8, words * 8).toString().replace(/\0+$/, '')) as {type: string}); });
  expect(events[0]?.type).toBe('notice');
  expect(events.length).toBe(10_000);
  expect([events[1]?.step, events.at(-1)?.step]).toEqual([2_002, 12_000]);
  recorder.close();
});
