// The kill test, many times over: prints each outcome with the seed that brings it again.
import {killOnce} from '../test/support/killing';

const AT_ONCE = 4;

/** @returns whether nothing was lost and every run stayed readable */
export async function soakKill(times = 200): Promise<boolean> {
  const first = Math.floor(Math.random() * 1e6);
  let next = first;
  let sound = true;
  const work = async (): Promise<void> => {
    while (next < first + times) {
      const {seed, victim, steps, lost, problems} = await killOnce(next++);
      if (lost.length > 0 || problems.length > 0) sound = false;
      process.stdout.write(`seed ${seed}: ${victim} killed, ${steps} steps, ${lost.length} lost${problems.length === 0 ? '' : `, ${problems.join('; ')}`}\n`);
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, work));
  return sound;
}
