import {expect, test} from 'vitest';
import {killOnce, type KillOutcome} from '../support/killing';

const TIMES = 20;
const AT_ONCE = 4;

test('kill -9 of the training, the session or a reader, 20 times: the run stays readable, and no step older than a second is lost', async () => {
  const first = Math.floor(Math.random() * 1e6);
  console.log(`seeds ${first} … ${first + TIMES - 1}`);
  const seeds = Array.from({length: TIMES}, (_, at) => first + at);
  const outcomes: KillOutcome[] = [];
  const work = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) outcomes.push(await killOnce(seed));
  };
  await Promise.all(Array.from({length: AT_ONCE}, work));
  expect(outcomes.filter(({lost, problems}) => lost.length > 0 || problems.length > 0)).toEqual([]);
  expect(outcomes.reduce((sum, {steps}) => sum + steps, 0)).toBeGreaterThan(20 * TIMES);
});
