import {mkdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import type {Browser, Page} from 'playwright-core';
import type {ChartCanvas} from '../../webview/charts/linkedChart';
import {PAGE_MS} from './chromium';

/** Folder of the pictures that tests take. */
export const shots = process.env.SINGSCOPE_SHOTS ?? join(__dirname, '../../.cache/screenshots');
mkdirSync(shots, {recursive: true});

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface OpenReport {
  page: Page;
  /** Errors on the console or thrown, and what was asked of the network. */
  troubles: string[];
}

/** Opens a report file and waits until its charts are drawn. */
export async function openReport(browser: Browser, path: string, colorScheme: 'light' | 'dark' = 'light', width = 1280): Promise<OpenReport> {
  const page = await browser.newPage({viewport: {width, height: 900}, colorScheme});
  page.setDefaultTimeout(PAGE_MS);
  const troubles: string[] = [];
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text()); });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('request', (request) => { if (request.url() !== `file://${path}`) troubles.push(`request ${request.url()}`); });
  await page.goto(`file://${path}`);
  await page.waitForFunction(() => [...document.querySelectorAll<ChartCanvas>('canvas')].some((canvas) => 'drawn' in canvas && canvas.drawn().length > 0));
  // They are drawn once more where the page found their width only then.
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  return {page, troubles};
}

/** Cells of the table behind a chart. */
export async function tableOf(page: Page, figure: string, at = 0): Promise<string[][]> {
  const details = page.locator(`[data-figure="${figure}"] details`).nth(at);
  await details.locator('summary').click();
  await details.locator('table').waitFor();
  const rows = await details.locator('tr').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  await details.locator('summary').click();
  return rows;
}

/** What axe has against the page with all its tables open. */
export async function axeViolations(page: Page): Promise<string[]> {
  for (const summary of await page.locator('summary:visible').all()) await summary.click();
  await page.evaluate(axeSource);
  return await page.evaluate(async () => {
    const {violations} = await (window as unknown as {axe: {run(): Promise<{violations: {id: string; impact: string; nodes: {html: string}[]}[]}>}}).axe.run();
    return violations.map(({id, impact, nodes}) => `${impact} ${id} ${nodes[0]?.html ?? ''}`);
  });
}

/** A number as the page writes it. */
export function readNumber(text: string | undefined): number {
  return Number((text ?? '').replaceAll('−', '-').replaceAll(',', ''));
}
