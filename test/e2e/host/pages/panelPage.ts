import type {Frame} from 'playwright-core';
import type {ChartCanvas, DrawnSeries} from '../../../../webview/charts/linkedChart';

/** The charts of the panel, by the name of their figure. */
export type FigureName = 'heat' | 'loss' | 'norm' | 'difference' | 'track-norm' | 'band' | 'counts' | 'histogram-heat' | 'histogram-bars';

/** The page in the panel's webview. */
export class PanelPage {
  constructor(readonly frame: Frame) {}

  /** What is drawn on a chart, read back from its canvas. JSON has no NaN: gaps are null. */
  async drawn(figure: FigureName, nth = 0): Promise<DrawnSeries[]> {
    return await this.frame.evaluate(([name, at]) => {
      const canvases = document.querySelectorAll(`[data-figure="${name}"]`)[at]?.querySelectorAll<ChartCanvas>('canvas') ?? [];
      // The cursor has a canvas of its own.
      return Array.from(canvases).find((canvas) => 'drawn' in canvas)?.drawn() ?? [];
    }, [figure, nth] as const);
  }

  /** The newest step that a chart of lines shows; 0 while it shows none. */
  async lastStep(figure: FigureName = 'loss'): Promise<number> {
    return Math.max(0, ...(await this.drawn(figure)).map(({x}) => x.at(-1) ?? 0));
  }

  async select(parameter: string): Promise<void> {
    await this.frame.locator('.parameter-choice select').selectOption(parameter);
  }

  async selected(): Promise<string> {
    return await this.frame.locator('.parameter-choice select').inputValue();
  }

  async switchSing(mode: 'off' | 'on'): Promise<void> {
    // Its input is unseen. A live page moves things: the click waits until the label stands still and is what is hit.
    await this.frame.locator('.sing label').filter({has: this.frame.locator(`input[name="sing"][value="${mode}"]`)}).click();
  }

  /** Presses a button of the panel by its words. */
  async press(words: string): Promise<void> {
    await this.frame.locator('button', {hasText: words}).first().click();
  }

  /** A fact of the run: `step`, `loss`, `speed` … */
  async fact(name: string): Promise<string> {
    return (await this.frame.locator(`.fact-${name} dd`).first().innerText()).trim();
  }

  async text(): Promise<string> {
    return await this.frame.locator('body').innerText();
  }
}
