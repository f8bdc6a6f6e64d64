import {expect, test} from 'vitest';
import {ControlWord} from '../../../src/worker/controlWord';

test('says what observation costs over all threads, in runs of weeks too', () => {
  const control = new ControlWord();
  expect(control.overheadPct).toBeNull();
  control.countTime(0.5, 10);
  const other = new ControlWord(control.memory);
  other.countTime(1, 20);
  expect(control.overheadPct).toBeCloseTo(5, 6);
  control.countTime(1e9, 1e10);
  expect(other.overheadPct).toBeCloseTo(10, 6);
});
