/** A note beside the pointer, as HTML so that it can be read and copied. Charts of one place share it. */
export class ChartTooltip {
  private readonly box: HTMLElement;

  constructor(private readonly place: HTMLElement) {
    this.box = document.createElement('div');
    this.box.className = 'tooltip';
    this.box.hidden = true;
    place.append(this.box);
  }

  /** @param x position in the place, in CSS pixels */
  show(x: number, y: number, title: string, lines: readonly string[]): void {
    const heading = document.createElement('strong');
    heading.textContent = title;
    this.box.replaceChildren(heading, ...lines.map((line) => {
      const row = document.createElement('span');
      row.textContent = line;
      return row;
    }));
    this.box.hidden = false;
    const left = Math.max(0, Math.min(x + 14, this.place.clientWidth - this.box.offsetWidth));
    this.box.style.left = `${left > x || this.box.offsetWidth > x ? left : x - this.box.offsetWidth - 14}px`;
    this.box.style.top = `${Math.max(0, y - this.box.offsetHeight - 10)}px`;
  }

  hide(): void {
    this.box.hidden = true;
  }

  remove(): void {
    this.box.remove();
  }
}
