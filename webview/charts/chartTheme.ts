import {withAlpha} from './cssColor';

/** Colours and type that charts draw with, in any notation of CSS; the page decides them. */
export interface ChartTheme {
  ink: string;
  muted: string;
  rule: string;
  paper: string;
  alarm: string;
  /** Colours of the heat maps from small to large, at least two. */
  ramp: string[];
  fontFamily: string;
  /** Whether areas need borders and tints must be strong. */
  highContrast: boolean;
}

/** Colour of lines behind the data: rules of high contrast are as strong as the data, and must stand back. */
export function ruleColor({rule, highContrast}: ChartTheme): string {
  return highContrast ? withAlpha(rule, 0.35) : rule;
}
