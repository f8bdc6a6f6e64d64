import {expect, it} from 'vitest';
import {FrameGate} from '../../../src/panel/feed/frameGate';

it('lets one frame be under way, and the next when it is drawn', () => {
  const gate = new FrameGate();
  expect(gate.isOpen(0)).toBe(true);
  const first = gate.send(0);
  expect(gate.isOpen(10)).toBe(false);
  gate.drawn(first);
  expect(gate.isOpen(10)).toBe(true);
  expect(gate.send(10)).toBe(first + 1);
});

it('an answer to an earlier frame, or to none, opens nothing', () => {
  const gate = new FrameGate();
  const first = gate.send(0);
  gate.drawn(first);
  gate.send(1);
  gate.drawn(first);
  gate.drawn(99);
  expect(gate.isOpen(2)).toBe(false);
});

it('a page that never answers is tried again, and a new page is not waited for', () => {
  const gate = new FrameGate();
  gate.send(0);
  expect(gate.isOpen(4_999)).toBe(false);
  expect(gate.isOpen(5_000)).toBe(true);
  gate.send(5_000);
  gate.reset();
  expect(gate.isOpen(5_001)).toBe(true);
});

it('a slow page gets fewer frames, never more than it draws', () => {
  const gate = new FrameGate();
  let sent = 0;
  let drawnAt = Infinity;
  let number = 0;
  for (let now = 0; now < 1_000; now += 20) {
    if (now >= drawnAt) gate.drawn(number);
    if (!gate.isOpen(now)) continue;
    number = gate.send(now);
    drawnAt = now + 90;
    sent++;
  }
  expect(sent).toBe(10);
});
