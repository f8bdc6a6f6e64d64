import type {ProgressNews, RunProgress} from '../session/runProgress';
import {findingText, progressText} from './texts';
import type {Terminal} from './terminal';

const LOOK_MS = 250;
/** Where nothing moves on a screen: each look takes from the training's processors. */
const SELDOM_MS = 1000;

/** Looks again and again until the promise settles, and once more after. */
export async function lookUntil<T>({interactive}: Terminal, ended: Promise<T>, look: () => void): Promise<T> {
  const timer = setInterval(look, interactive ? LOOK_MS : SELDOM_MS);
  try {
    return await ended;
  } finally {
    clearInterval(timer);
    look();
  }
}

/** Shows what is new in a run: findings and notices to stay, then where it stands. */
export function showNews(terminal: Terminal, progress: RunProgress, news: ProgressNews, label: string): void {
  for (const finding of news.findings) terminal.say(`${label}${findingText(finding)}`);
  for (const {message} of news.notices) terminal.say(`${label}notice: ${message}`);
  if (progress.state.step > 0) terminal.progress(`${label}${progressText(progress.state)}`);
}
