import {join} from 'node:path';
import {build} from 'esbuild';
import type {Browser, Page} from 'playwright-core';
import {afterAll, beforeAll} from 'vitest';
import {PAGE_MS, startChromium} from '../support/chromium';
import type {ChartsPage} from './chartsPage';

const address = 'http://charts.test/';
/** As strict as an editor's webview. */
const policy = `default-src 'none'; script-src ${address}charts.js`;

export interface OpenCharts {
  page: Page;
  /** What went wrong in the page. */
  troubles: string[];
}

/** The page that all tests of a file share; what it holds is there from their first hook on. */
export function useCharts(): OpenCharts {
  const charts = {} as OpenCharts;
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
    Object.assign(charts, await openCharts(browser));
  });
  afterAll(async () => { await browser.close(); });
  return charts;
}

/** Opens an empty page that offers all charts as `charts`. */
async function openCharts(browser: Browser): Promise<OpenCharts> {
  const {outputFiles: [script]} = await build({
    absWorkingDir: join(__dirname, '../..'), entryPoints: ['test/webview/chartsPage.ts'], bundle: true, write: false, format: 'iife', platform: 'browser', target: 'es2022', logLevel: 'warning',
  });
  const page = await browser.newPage({viewport: {width: 900, height: 900}});
  page.setDefaultTimeout(PAGE_MS);
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error') troubles.push(message.text()); });
  await page.route(`${address}**`, async (route) => {
    if (route.request().url() === `${address}charts.js`) await route.fulfill({contentType: 'text/javascript', body: script?.text ?? ''});
    else await route.fulfill({contentType: 'text/html', headers: {'Content-Security-Policy': policy}, body: `<!doctype html><html lang="en"><title>Charts</title><body><script src="${address}charts.js"></script>`});
  });
  await page.goto(address);
  await page.evaluate(() => { document.body.style.margin = '0'; });
  return {page, troubles};
}

/** The page's side of what is offered; only for functions that run in the page. */
declare global {
  var charts: ChartsPage;
}
