import {chromium, type Browser} from 'playwright-core';
import {findChromium} from '../../scripts/chromium.mjs';

/** A busy machine may take so long to start a browser, and to do what a page is asked for; only a hang takes longer. */
export const START_MS = 120_000;
export const PAGE_MS = 60_000;

/** Starts the Chromium of the system. */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('no Chromium found: install the package chromium and see that it is on PATH');
  return await chromium.launch({executablePath, args: ['--no-sandbox'], timeout: START_MS});
}
