import {afterEach, expect, it, vi} from 'vitest';
import {Interrupts} from '../../../src/session/interrupts';

let interrupts: Interrupts | null = null;
afterEach(() => {
  interrupts?.release();
  vi.restoreAllMocks();
});

it('takes two signals at once for one, as npm makes them of one Ctrl-C; a later one is another', () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(1000);
  interrupts = new Interrupts();
  const hear = process.listeners('SIGINT').at(-1) as () => void;
  hear();
  hear();
  const heard = vi.fn();
  interrupts.handle(heard);
  expect(heard).toHaveBeenCalledTimes(1);
  clock.mockReturnValue(1499);
  hear();
  expect(heard).toHaveBeenCalledTimes(1);
  clock.mockReturnValue(2000);
  hear();
  expect(heard).toHaveBeenCalledTimes(2);
});
