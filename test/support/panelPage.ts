import type {Browser, Page} from 'playwright-core';
import type {PageMessage, PanelSubject} from '../../src/protocol/panel';
import {startPreview, type PanelPreview} from '../../scripts/panelPreview.mjs';
import type {ChartCanvas, DrawnSeries} from '../../webview/charts/linkedChart';
import {PAGE_MS} from './chromium';

export type Theme = 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';

/** The panel's page in a plain browser, fed by the extension's own feed. */
export class PanelInBrowser {
  /** Errors on the console or thrown, refusals of the content policy among them. */
  readonly troubles: string[] = [];

  private constructor(readonly page: Page, readonly preview: PanelPreview) {
    page.setDefaultTimeout(PAGE_MS);
    page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') this.troubles.push(message.text()); });
    page.on('pageerror', (error) => this.troubles.push(error.message));
  }

  static async open(browser: Browser, subject: PanelSubject, options: {theme?: Theme; width?: number; locale?: string; strings?: Record<string, string>} = {}): Promise<PanelInBrowser> {
    const {theme = 'dark', width = 1600, locale = 'en', strings = null} = options;
    const preview = await startPreview({subject, locale, strings});
    const panel = new PanelInBrowser(await browser.newPage({viewport: {width, height: 1000}}), preview);
    await panel.page.goto(`${preview.url}?theme=${theme}`);
    await panel.page.waitForFunction(() => [...document.querySelectorAll<ChartCanvas>('[data-figure="loss"] canvas')].some((canvas) => canvas.drawn().length > 0) || document.querySelector('.empty')?.checkVisibility() === true);
    await panel.settled();
    return panel;
  }

  /** Waits until the last frame that was asked for is drawn. */
  async settled(): Promise<void> {
    // What was done is asked for in the next frame of the screen, so that is waited for first.
    for (const wait of [true, false]) {
      await this.page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
      if (wait) await this.page.waitForFunction(() => document.querySelector('.detail')?.getAttribute('aria-busy') !== 'true');
    }
  }

  /** What is drawn on a chart. */
  async drawn(figure: string, nth = 0): Promise<DrawnSeries[]> {
    return await this.page.evaluate(([name, at]) => document.querySelectorAll<ChartCanvas>(`[data-figure="${name}"] .canvas canvas`)[at]?.drawn() ?? [], [figure, nth] as const);
  }

  async line(figure: string, label: string): Promise<DrawnSeries> {
    const all = await this.drawn(figure);
    const found = all.find((series) => series.kind === 'line' && series.label === label);
    if (!found) throw new Error(`${figure} draws ${all.map((series) => `${series.kind} "${series.label}"`).join(', ')} and no line "${label}"`);
    return found;
  }

  /** Cells of the table behind a chart. */
  async table(figure: string): Promise<string[][]> {
    const details = this.page.locator(`[data-figure="${figure}"] details`).first();
    await details.locator('summary').click();
    await details.locator('table').waitFor();
    const rows = await details.locator('tr').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
    await details.locator('summary').click();
    return rows;
  }

  /** Texts of the readout's cells in its first line: step, loss, norm, those of the parameter. */
  async readout(line = 0): Promise<string[]> {
    return await this.page.locator('.readout tbody tr').nth(line).locator('th > span:not(.unseen), td').allInnerTexts();
  }

  posted<T extends PageMessage['type']>(type: T): Extract<PageMessage, {type: T}>[] {
    return this.preview.posted.filter((message): message is Extract<PageMessage, {type: T}> => message.type === type);
  }

  async close(): Promise<void> {
    await this.page.close();
    this.preview.stop();
  }
}
