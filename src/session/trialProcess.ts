// Works off a trial, detached from whoever started it:   node trialProcess.cjs TRIAL-FOLDER JOBS NODE
import {dirname} from 'node:path';
import {messageOf} from '../platform/failure';
import {readTrial} from '../runs/trial';
import {releaseTrial} from '../runs/trialClaim';
import {Interrupts} from './interrupts';
import {findNode} from './nodeCommand';
import {restoredSettings} from './storedSettings';
import {beginTrial, concludeTrial} from './trialConclusion';
import {TrialSession} from './trialSession';
import {scriptEnvironment} from './workerEnvironment';

async function workOff(dir: string, jobs: number, nodePath: string): Promise<void> {
  const interrupts = new Interrupts();
  const store = dirname(dirname(dir));
  const {id} = readTrial(dir);
  beginTrial(dir, id);
  try {
    // Read under the claim: whoever had it before may have written.
    const trial = readTrial(dir);
    const settings = restoredSettings(trial, dirname(__dirname), store);
    const node = findNode(nodePath, settings.cwd, scriptEnvironment(settings));
    const session = new TrialSession(settings, node, trial, jobs, ({job, progress}) => {
      const {step} = progress.state;
      process.stdout.write(`${job.arm} seed ${job.seed}: ${progress.status} after ${step} ${step === 1 ? 'step' : 'steps'}\n`);
    });
    let interrupted = false;
    interrupts.handle(() => {
      interrupted = true;
      session.stop();
    });
    await session.run();
    const {summary, reportProblem} = await concludeTrial(store, trial, interrupted);
    if (reportProblem !== null) process.stderr.write(`No report: ${reportProblem}.\n`);
    if (!interrupted) process.stdout.write(`${summary.verdict.text}\n`);
  } finally {
    releaseTrial(dir);
    interrupts.release();
  }
}

const [folder = '', parallel = '1', program = 'node'] = process.argv.slice(2);
workOff(folder, Number(parallel), program).catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
