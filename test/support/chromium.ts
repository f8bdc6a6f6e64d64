import {existsSync} from 'node:fs';
import {chromium, type Browser} from 'playwright-core';

const places = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** Starts the Chromium of the system. */
export async function startChromium(): Promise<Browser> {
  const executablePath = places.find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined) throw new Error('no Chromium found: install the package chromium, or set CHROMIUM_PATH');
  return await chromium.launch({executablePath, args: ['--no-sandbox']});
}
