import type {Locator, Page} from 'playwright-core';
import {eventually} from '../eventually';

const TRY_MS = 10_000;
const LIMIT_MS = 120_000;

/** A view of the side bar, found by its title. */
export class TreeView {
  constructor(private readonly page: Page, private readonly title: string) {}

  /** Opens the view's container by its icon in the activity bar. */
  async show(container: string): Promise<void> {
    const icon = this.page.locator('.activitybar .action-item a').and(this.page.locator(`[aria-label^="${container}"]`)).first();
    // A window that is still coming back may open the container itself, and a press would close it again.
    await eventually(`the view ${this.title}`, async () => {
      if ((await icon.getAttribute('aria-expanded', {timeout: TRY_MS})) !== 'true') await icon.click({timeout: TRY_MS});
      await this.pane().waitFor({timeout: TRY_MS});
      return true;
    }, LIMIT_MS);
  }

  rows(): Locator {
    return this.pane().locator('.monaco-list-row');
  }

  row(text: string | RegExp): Locator {
    return this.rows().filter({hasText: text}).first();
  }

  async texts(): Promise<string[]> {
    return (await this.rows().allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Words that the empty view shows. */
  async welcome(): Promise<string> {
    return (await this.pane().locator('.welcome-view-content').innerText()).trim();
  }

  /** Presses an action of a row, by its title. */
  async press(row: string | RegExp, action: string): Promise<void> {
    await this.row(row).hover();
    await this.row(row).locator(`.actions a[aria-label^="${action}"]`).first().click();
  }

  /** Opens what a row stands for. */
  async open(row: string | RegExp): Promise<void> {
    await eventually(`${String(row)} in the tree`, async () => {
      await this.row(row).click();
      return await this.isFocused(row);
    });
  }

  /** Chooses an entry of a row's context menu. */
  async choose(row: string | RegExp, entry: string): Promise<void> {
    await eventually(`the menu of ${String(row)}`, async () => {
      await this.row(row).click({button: 'right'});
      if (await this.isFocused(row)) return true;
      await this.page.keyboard.press('Escape');
      return false;
    });
    const item = this.page.locator('.context-view .action-label, .monaco-menu .action-label').filter({hasText: entry}).first();
    await item.waitFor();
    // A menu hears no press in its first tenth of a second, so that the click that opened it picks nothing; its user presses again.
    await eventually(`${entry} in the menu of ${String(row)}`, async () => {
      if (!await item.isVisible()) return true;
      await item.click({timeout: 5_000});
      await item.waitFor({state: 'hidden', timeout: 5_000});
      return true;
    });
  }

  /** false where another row moved under the pointer as it was pressed. */
  private async isFocused(row: string | RegExp): Promise<boolean> {
    return await this.pane().locator('.monaco-list-row.focused').filter({hasText: row}).count() === 1;
  }

  private pane(): Locator {
    return this.page.locator('.pane').filter({has: this.page.locator('.pane-header .title', {hasText: this.title})}).first();
  }
}
