import type {Locator, Page} from 'playwright-core';

/** The line at the bottom of the window. */
export class StatusBar {
  constructor(private readonly page: Page) {}

  /** Items of an extension, `publisher.name`. */
  items(extension: string): Locator {
    return this.page.locator(`.statusbar-item[id^="${extension}"]`);
  }

  async texts(extension: string): Promise<string[]> {
    return (await this.items(extension).allInnerTexts()).map((text) => text.replace(/\u00a0/g, ' ').trim());
  }
}
