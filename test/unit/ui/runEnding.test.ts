import {expect, it, vi} from 'vitest';
import type {LiveRun, LiveRuns} from '../../../src/ui/liveRuns';
import {watchEndings} from '../../../src/ui/runEnding';
import {RunFolder, stepRow, temporaryStore} from '../../support/runFolder';

const {warn} = vi.hoisted(() => ({warn: vi.fn(() => Promise.resolve(undefined))}));
vi.mock('vscode', async () => ({l10n: await import('@vscode/l10n'), window: {showWarningMessage: warn}}));

const ID = '20261124-101500-a1b2';

it('a run without a step is warned of, unless it left the training to its children', async () => {
  const store = temporaryStore();
  new RunFolder(store, ID).end();
  let tell = (_run: LiveRun): void => undefined;
  watchEndings({onDidEnd: (listener: (run: LiveRun) => void) => (tell = listener)} as unknown as LiveRuns);
  const ended = {store, run: ID, launch: {script: '/x/train.js', trial: null}, state: {step: 0}, status: 'finished', findings: [], notices: [], stop: {}} as unknown as LiveRun;
  tell(ended);
  await vi.waitFor(() => { expect(warn).toHaveBeenCalledWith(expect.stringContaining('made no optimizer step'), expect.anything()); }, 60_000);
  new RunFolder(store, '20261124-101501-0001', {parent: ID}).steps([stepRow(1)]).end();
  tell(ended);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(warn).toHaveBeenCalledTimes(1);
});
