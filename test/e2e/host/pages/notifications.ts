import type {Locator, Page} from 'playwright-core';

/** Messages at the lower right. */
export class Notifications {
  constructor(private readonly page: Page) {}

  /** Waits for a message with this text. */
  async find(text: string | RegExp, timeout = 60_000): Promise<Locator> {
    const found = this.toasts().filter({hasText: text}).first();
    await found.waitFor({timeout});
    return found;
  }

  /** Presses a button of the message with this text. */
  async press(text: string | RegExp, button: string): Promise<void> {
    const toast = await this.find(text);
    await toast.locator('.monaco-button', {hasText: button}).first().click();
  }

  /** Texts of all messages now shown. */
  async texts(): Promise<string[]> {
    return await this.toasts().locator('.notification-list-item-message').allInnerTexts();
  }

  private toasts(): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item');
  }
}
