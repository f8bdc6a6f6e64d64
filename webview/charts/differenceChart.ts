import type {DifferenceChartData, LineChartData} from './chartData';
import {StepLines} from './lineChart';

/** How far two runs are apart at the steps that both have: the second minus the first, or on a logarithmic axis their ratio. */
export class DifferenceChart extends StepLines<DifferenceChartData> {
  protected linesOf({first, second, label, yLabel, logarithmic, color, range}: DifferenceChartData): LineChartData {
    const x: number[] = [];
    const y: number[] = [];
    for (let i = 0, j = 0; i < first.x.length && j < second.x.length;) {
      const [a, b] = [first.x[i] ?? NaN, second.x[j] ?? NaN];
      if (a === b) {
        const [from, to] = [first.y[i] ?? NaN, second.y[j] ?? NaN];
        x.push(a);
        y.push(logarithmic ? to / from : to - from);
      }
      if (a <= b) i++;
      if (b <= a) j++;
    }
    const none = new Uint8Array(x.length);
    return {
      series: [{label, x, y, band: null, flags: none, color, width: 1.6, dash: [], alpha: 1, endLabel: null, markRow: null}],
      yLabel, logarithmic, range, baseline: logarithmic ? 1 : 0,
    };
  }
}
