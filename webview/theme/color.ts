import {rampColor} from '../charts/colorRamp';
import {channelsOf} from '../charts/cssColor';

/** Any colour of CSS without its transparency: what it looks like when laid over `paper`. An unknown one becomes black. */
export function opaque(color: string, paper: string): string {
  const [red, green, blue, alpha] = channelsOf(color);
  return rampColor([paper, `rgb(${red} ${green} ${blue})`], alpha / 255);
}
