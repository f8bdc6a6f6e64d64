/** Says things to screen readers without moving the focus. */
export class Announcer {
  private readonly place: HTMLElement;

  constructor(parent: HTMLElement) {
    this.place = document.createElement('div');
    this.place.className = 'unseen';
    this.place.setAttribute('aria-live', 'polite');
    parent.append(this.place);
  }

  say(text: string): void {
    // The same text twice is no change, and would not be said.
    this.place.textContent = this.place.textContent === text ? `${text} ` : text;
  }
}
