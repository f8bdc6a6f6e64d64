import {resolve} from 'node:path';
import {expect, test} from 'vitest';
import {defaultSingSettings} from '../../../src/protocol/sing';
import {ControlWord} from '../../../src/worker/controlWord';
import {RecorderLink} from '../../../src/worker/recorderLink';
import {frameType} from '../../../src/worker/ring';

/** A link whose recorder was started, as far as anybody knows, and takes nothing. */
function deafLink(): RecorderLink {
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
  const link = new RecorderLink(control, {options, runDir: null, launch, pid: process.pid, node: process.version});
  link.open(0);
  return link;
}

const big = (link: RecorderLink): void => { link.write(frameType.step, 3 << 20, () => undefined); };

test('a recorder that takes nothing is waited for once, not at every step; what is given up is counted', () => {
  const link = deafLink();
  const begin = performance.now();
  for (let frame = 0; frame < 100; frame++) big(link);
  expect(link.dropped).toBe(95);
  // 95 frames in vain: with a wait for each it would be three minutes.
  expect(performance.now() - begin).toBeLessThan(30_000);
});
