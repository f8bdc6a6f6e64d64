import {descendantsOf, processAlive, signal, signalGroup} from './processTree';

const ASK_MS = 10_000;
const TERM_MS = 5_000;
const LOOK_MS = 50;
const AGAIN_MS = 500;

/** What a stop acts on. */
export interface StopTarget {
  /** Leader of the process group, or a process in somebody else's. */
  pid: number;
  /** Asks every live recorder for a clean end, those that have answered but once; false when none could be asked. */
  ask(): Promise<boolean>;
  /** Processes of the runs that belong to it, wherever they hang in the tree. */
  runPids(): Promise<number[]>;
}

/**
 * Ends a training, whatever it does: asks for a clean end, after ten seconds SIGTERM, after five
 * more SIGKILL, each to the group, its descendants and the processes of its runs.
 */
export class StopLadder {
  private readonly known = new Set<number>();
  private hurried = false;
  private done: Promise<void> | null = null;

  constructor(private readonly target: StopTarget) {}

  /** Was a stop asked for? */
  get pressed(): boolean {
    return this.done !== null;
  }

  /** The first call starts the stop; each further one skips the wait that is going on. */
  press(): void {
    if (this.done === null) this.done = this.climb();
    else this.hurried = true;
  }

  /** Resolves once a stop that was asked for is through, at once where none was. */
  async settled(): Promise<void> {
    await this.done;
  }

  private async climb(): Promise<void> {
    await this.remember();
    let isAsking = false, isDeaf = false;
    // Nobody waits for the answer: a recorder may be in a long write, and a further press is to be heard all the same.
    const ask = (): void => {
      if (isAsking) return;
      isAsking = true;
      // A question that fails was not heard; where the store itself can't be read, what comes next says so.
      void this.target.ask().catch(() => false).then((isHeard) => {
        isAsking = false;
        isDeaf = !isHeard;
      });
    };
    ask();
    // A run that was just starting is asked as soon as it can hear.
    const askAgain = async (): Promise<void> => {
      await this.remember();
      ask();
    };
    if (await this.goneWithin(ASK_MS, () => !isDeaf, askAgain)) return;
    await this.sendAll('SIGTERM');
    if (await this.goneWithin(TERM_MS)) return;
    await this.sendAll('SIGKILL');
    await this.goneWithin(TERM_MS);
  }

  /** A process whose parent ends is adopted and no longer found from the root: so keep what was seen. */
  private async remember(): Promise<void> {
    this.known.add(this.target.pid);
    for (const pid of await this.target.runPids()) this.known.add(pid);
    for (const pid of [...this.known]) {
      for (const descendant of await descendantsOf(pid)) this.known.add(descendant);
    }
  }

  private async sendAll(name: NodeJS.Signals): Promise<void> {
    await this.remember();
    signalGroup(this.target.pid, name);
    for (const pid of this.known) {
      if (pid !== this.target.pid && processAlive(pid)) signal(pid, name);
    }
  }

  private async goneWithin(limit: number, isWorthwhile = (): boolean => true, meanwhile?: () => Promise<void>): Promise<boolean> {
    const until = Date.now() + limit;
    let next = Date.now() + AGAIN_MS;
    while (Date.now() < until && !this.hurried && isWorthwhile()) {
      if (![...this.known].some(processAlive)) return true;
      if (meanwhile !== undefined && Date.now() >= next) {
        await meanwhile();
        next = Date.now() + AGAIN_MS;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    this.hurried = false;
    return ![...this.known].some(processAlive);
  }
}
