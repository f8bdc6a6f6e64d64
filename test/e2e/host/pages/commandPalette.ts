import type {Page} from 'playwright-core';
import {eventually} from '../eventually';

/** An open palette is given so long, and all of them together. */
const TRY_MS = 10_000;
const LIMIT_MS = 120_000;

/** The box at the top of the window: commands, and whatever a command asks. */
export class CommandPalette {
  constructor(private readonly page: Page) {}

  /** Runs the command whose whole title this is, as `Category: Title`. */
  async run(title: string): Promise<void> {
    // The palette closes when what opens meanwhile takes the focus, and an open one never lists what is contributed
    // later: its user closes it and opens it again.
    await eventually(`${title} in the palette`, async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      await this.input().fill(`>${title}`, {timeout: TRY_MS});
      await this.entry(title).click({timeout: TRY_MS});
      return true;
    }, LIMIT_MS);
    // The box may stay open, with what the command itself asks.
  }

  /** Titles that the palette offers for what is typed. */
  async offered(text: string): Promise<string[]> {
    return await eventually(`what is offered for ${text}`, async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      await this.input().fill(`>${text}`, {timeout: TRY_MS});
      await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor({timeout: TRY_MS});
      const names = await this.entries();
      await this.page.keyboard.press('Escape');
      return names;
    }, LIMIT_MS);
  }

  /** Entries of the open list, without their descriptions. */
  async entries(): Promise<string[]> {
    return await this.page.locator('.quick-input-list .monaco-list-row .quick-input-list-row:first-child .label-name').allInnerTexts();
  }

  /** Waits for a list and picks the entry whose label this is. */
  async pick(label: string | RegExp): Promise<void> {
    await this.entry(label).click();
  }

  /** Answers a box that wants text. */
  async answer(text: string): Promise<void> {
    await this.input().waitFor();
    await this.input().fill(text);
    await this.page.keyboard.press('Enter');
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
  }

  private input() {
    return this.page.locator('.quick-input-widget:not([style*="display: none"]) .quick-input-box input').first();
  }

  private entry(label: string | RegExp) {
    const exact = typeof label === 'string' ? new RegExp(`^(\\S*\\s)?${escape(label)}$`) : label;
    return this.page.locator('.quick-input-list .monaco-list-row').filter({has: this.page.locator('.label-name', {hasText: exact})}).first();
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
