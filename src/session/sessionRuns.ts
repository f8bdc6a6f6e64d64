import {compactRuns} from '../runs/compaction';
import {readLaunch} from '../runs/launchFile';
import {listRunIds, runDir} from '../runs/runStore';
import {readRunStatus} from '../runs/status';
import {askRecorder, readControlAddress, sweepControlDir} from './controlClient';
import {processAlive} from './processTree';

const TIME_DIGITS = '20261124-101500'.length;

/**
 * The runs of one invocation, as they turn up in the store: the first process's and those of its
 * children; or of these only one run and all below it.
 */
export class SessionRuns {
  private readonly members = new Set<string>();
  private readonly others = new Set<string>();
  private readonly answered = new Set<string>();

  constructor(private readonly store: string, private readonly session: string, private readonly root: string | null = null) {}

  /** Ids of all runs so far, oldest first. */
  ids(): string[] {
    const since = this.session.slice(0, TIME_DIGITS);
    for (const id of listRunIds(this.store)) {
      if (this.members.has(id) || this.others.has(id)) continue;
      if (id.slice(0, TIME_DIGITS) < since) this.others.add(id);
      else this.sort(id);
    }
    return [...this.members].sort();
  }

  dirs(): string[] {
    return this.ids().map((id) => runDir(this.store, id));
  }

  /** Clears up behind the runs that are over, and compacts them. May be broken off at any time. */
  async tidy(): Promise<void> {
    const over = this.dirs().filter((dir) => readRunStatus(dir) !== 'running');
    await Promise.all(over.map(sweepControlDir));
    await compactRuns(over);
  }

  /** Asks every recorder that has not answered yet for a clean end; false when none ever did. */
  async ask(): Promise<boolean> {
    const open = this.dirs().filter((dir) => !this.answered.has(dir));
    await Promise.all(open.map(async (dir) => {
      const reply = await askRecorder(dir, {type: 'stop'});
      if (reply?.ok === true) this.answered.add(dir);
    }));
    return this.answered.size > 0;
  }

  /** Processes of its runs that are alive. */
  async pids(): Promise<number[]> {
    const addresses = await Promise.all(this.dirs().map((dir) => readControlAddress(dir)));
    return addresses.flatMap((address) => (address !== null && processAlive(address.pid) ? [address.pid] : []));
  }

  /** A folder without its run.json is one that is being made: it is looked at again. */
  private sort(id: string): void {
    try {
      const {session, parent} = readLaunch(runDir(this.store, id));
      const below = this.root === null || id === this.root || (parent !== null && this.members.has(parent));
      (session === this.session && below ? this.members : this.others).add(id);
    } catch {
      return;
    }
  }
}
