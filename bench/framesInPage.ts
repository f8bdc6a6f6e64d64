import type {Frame} from 'playwright-core';

/** Times of one drawn frame of numbers, in milliseconds. */
export interface DrawnFrame {
  /** The page's own work. */
  script: number;
  /** The same with style, layout and paint on the page's thread. */
  painted: number;
}

const PATIENCE_MS = 60_000;

// Text, since the loader of this program would mark functions with a helper that pages do not have.
const WATCH = `(() => {
  const frames = window.benchFrames = [];
  let fresh = false;
  addEventListener('message', ({data}) => { fresh ||= data?.type === 'frame'; });
  const request = window.requestAnimationFrame.bind(window);
  const channel = new MessageChannel();
  let open = null;
  channel.port1.onmessage = () => {
    if (open) frames.push({script: open.script, painted: performance.now() - open.begun});
    open = null;
  };
  window.requestAnimationFrame = (draw) => request((time) => {
    const begun = performance.now();
    draw(time);
    if (!fresh) return;
    fresh = false;
    open = {begun, script: performance.now() - begun};
    channel.port2.postMessage(0);
  });
})()`;

/** From now on the page keeps the times of the frames that it draws. */
export async function watchFrames(frame: Frame): Promise<void> {
  await frame.evaluate(WATCH);
}

export async function framesSince(frame: Frame): Promise<DrawnFrame[]> {
  return await frame.evaluate('window.benchFrames') as DrawnFrame[];
}

/**
 * The time (milliseconds since 1970) at which everything of a run with that last step stood on the page.
 * A point stands for all steps of its bucket, and lies at the first of them.
 */
export async function wholeAt(frame: Frame, lastStep: number, parameters: number): Promise<number> {
  return await frame.evaluate(`new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('The panel did not draw everything within ${PATIENCE_MS / 1000} s.')), ${PATIENCE_MS});
    const drawn = (name) => document.querySelector('[data-figure="' + name + '"] .canvas canvas')?.drawn?.() ?? [];
    const ends = (name) => drawn(name).map(({x}) => x.length < 2 ? 0 : x.at(-1) + (x.at(-1) - x.at(-2)) - 1);
    const isWhole = () => ['loss', 'norm', 'track-norm', 'band', 'counts'].every((name) => Math.max(0, ...ends(name)) >= ${lastStep})
      && drawn('heat').filter(({kind}) => kind === 'cells').length === ${parameters} && ['histogram-heat', 'histogram-bars'].every((name) => drawn(name).length > 0);
    const look = () => { if (isWhole()) requestAnimationFrame(() => resolve(Date.now())); else setTimeout(look, 10); };
    look();
  })`) as number;
}
