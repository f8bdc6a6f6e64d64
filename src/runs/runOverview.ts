import {statSync} from 'node:fs';
import {join} from 'node:path';
import type {Finding} from '../protocol/finding';
import {runFiles, type Launch} from '../protocol/runFolder';
import type {RunStatus} from '../protocol/runSummary';
import {stepsSchema} from '../protocol/tables';
import type {SingSettings} from '../protocol/sing';
import {readLastBatch} from './arrowTail';
import {EventLog} from './eventLog';
import {readLaunch} from './launchFile';
import {listRunIds, runDir} from './runStore';
import {RunWitness} from './status';

/** Where a run stands, as a list of runs shows it. */
export interface RunOverview {
  launch: Launch;
  status: RunStatus;
  /** Optimizer steps so far. */
  steps: number;
  /** Loss of the last step; null where none was seen in it. */
  lastLoss: number | null;
  findings: readonly Finding[];
  /** Settings of SING that hold now, or held at the end. */
  sing: SingSettings;
  /** Milliseconds since 1970. */
  created: number;
  /** Milliseconds since 1970; null while it goes on, and where nobody saw the end. */
  ended: number | null;
  /** Somebody asked for its end, by Ctrl-C or a control request. */
  interrupted: boolean;
}

/**
 * Reads where a run stands from its small files and the end of its steps.
 * @throws RunError where the folder is missing, its run.json corrupt, or its format newer than ours
 */
export function readOverview(dir: string): RunOverview {
  return new OverviewReader(dir).read();
}

/** One run of a store; `problem` where its folder can't be read. */
export type ListedRun = {id: string; dir: string} & ({overview: RunOverview; problem: null} | {overview: null; problem: string});

/** Overviews of many runs, read again only where a file of theirs has changed. */
export class RunOverviews {
  private readonly readers = new Map<string, OverviewReader>();

  /** @throws RunError as `readOverview` */
  get(dir: string): RunOverview {
    let reader = this.readers.get(dir);
    if (reader === undefined) this.readers.set(dir, (reader = new OverviewReader(dir)));
    return reader.read();
  }

  /** All runs of a store, oldest first. What has left the store is forgotten. */
  list(store: string): ListedRun[] {
    const runs = listRunIds(store).map((id): ListedRun => {
      const dir = runDir(store, id);
      try {
        return {id, dir, overview: this.get(dir), problem: null};
      } catch (error) {
        this.readers.delete(dir);
        return {id, dir, overview: null, problem: error instanceof Error ? error.message : String(error)};
      }
    });
    const there = new Set(runs.map(({dir}) => dir));
    const shelf = join(store, 'runs', '/');
    for (const dir of this.readers.keys()) if (dir.startsWith(shelf) && !there.has(dir)) this.readers.delete(dir);
    return runs;
  }
}

/** Follows the small files of one run. */
class OverviewReader {
  private readonly launch: Launch;
  private readonly log: EventLog;
  private readonly witness: RunWitness;
  private requested = false;
  private sing: SingSettings;
  private findings: readonly Finding[] = [];
  private last: {step: number; loss: number} = {step: 0, loss: NaN};
  private state = '';
  private overview: RunOverview | null = null;

  constructor(private readonly dir: string) {
    this.launch = readLaunch(dir);
    this.sing = this.launch.sing;
    this.witness = new RunWitness(dir, this.launch.created);
    this.log = new EventLog(dir, ['metric', 'parameter', 'source', 'training', 'plan', 'notice', 'backend', 'tensor-trace']);
  }

  read(): RunOverview {
    const state = [runFiles.events, runFiles.steps, runFiles.exit].map((name) => stateOf(join(this.dir, name))).join(' ');
    // Whoever has ended stays as it is; of one that goes on, the process has to be looked at again.
    const unchanged = state === this.state;
    if (unchanged && this.overview !== null && this.overview.status !== 'running') return this.overview;
    if (!unchanged) this.readOn();
    this.state = state;
    const status = this.witness.settledStatus(() => { this.readOn(); });
    if (unchanged && this.overview?.status === status) return this.overview;
    this.overview = this.overviewNow(status);
    return this.overview;
  }

  private readOn(): void {
    const findings: Finding[] = [];
    for (const event of this.log.read()) {
      this.witness.take(event);
      if (event.type === 'stop' && event.by === 'request') this.requested = true;
      if (event.type === 'sing') this.sing = event.settings;
      if (event.type === 'finding') findings.push(event.finding);
    }
    if (findings.length > 0) this.findings = [...this.findings, ...findings];
    const batch = readLastBatch(join(this.dir, runFiles.steps), stepsSchema);
    const {step, loss} = batch?.numbers ?? {};
    if (batch !== null && batch.rows > 0) {
      // Threads number their steps together, and their rows may lie crosswise.
      this.last = {step: Math.max(this.last.step, ...(step ?? [])), loss: loss?.[batch.rows - 1] ?? NaN};
    }
  }

  private overviewNow(status: RunStatus): RunOverview {
    const {launch, findings, sing, witness: {exit, end}} = this;
    const {step, loss} = this.last;
    // NaN also stands for a loss that was not seen.
    const isSeen = !Number.isNaN(loss) || findings.some(({rule}) => rule === 'non-finite');
    return {
      launch, status, findings, sing,
      steps: Math.max(step, end?.step ?? 0),
      lastLoss: step > 0 && isSeen ? loss : null,
      created: launch.created,
      ended: exit?.time ?? end?.time ?? null,
      interrupted: this.requested || exit?.interrupted === true,
    };
  }
}

/** Changes whenever the file does. */
function stateOf(path: string): string {
  const stat = statSync(path, {throwIfNoEntry: false});
  return stat === undefined ? '-' : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
}
