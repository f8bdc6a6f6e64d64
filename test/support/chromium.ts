import {chromium, type Browser} from 'playwright-core';
import {findChromium} from '../../scripts/chromium.mjs';

/** Starts the Chromium of the system. */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('no Chromium found: install the package chromium and see that it is on PATH');
  return await chromium.launch({executablePath, args: ['--no-sandbox']});
}
