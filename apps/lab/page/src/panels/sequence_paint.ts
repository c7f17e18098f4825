// The segments of the time-sequence plot in tcptrace's manner: each a bar from its first octet to its last, with an
// arrowhead at both ends; again in red and twice as thick; selective acknowledgments as open bars beside.
import type uPlot from 'uplot';
import type {Series} from '../model/series';

function firstFrom(list: readonly {time: number}[], time: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Bar {
  time: number;
  from: number;
  to: number;
}

// Bars that fall on the same pixels are drawn once: a long run has more of them than the screen has places.
function* distinct(plot: uPlot, bars: readonly Bar[]): Generator<{x: number; top: number; bottom: number; bar: Bar}> {
  const {min, max} = plot.scales.x;
  if (min == null || max == null) return;
  let last = '';
  for (let i = firstFrom(bars, min); i < bars.length && bars[i].time <= max; ++i) {
    const bar = bars[i];
    const x = Math.round(plot.valToPos(bar.time, 'x', true));
    const top = Math.round(plot.valToPos(bar.to, 'y', true));
    const bottom = Math.round(plot.valToPos(bar.from, 'y', true));
    const key = `${x} ${top} ${bottom}`;
    if (key === last) continue;
    last = key;
    yield {x, top, bottom, bar};
  }
}

export function paintSegments(plot: uPlot, series: Series, color: (name: string) => string, faint: boolean): void {
  const {ctx, bbox} = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.globalAlpha = faint ? 0.4 : 1;
  ctx.setLineDash([]);  // the last curve's is still there
  bars(plot, series.sent.filter((one) => !one.again), color('--blue'), 1.5 * devicePixelRatio);
  bars(plot, series.sent.filter((one) => one.again), color('--red'), 3 * devicePixelRatio);
  ctx.setLineDash([2, 2]);
  bars(plot, series.sacked, color('--purple'), 2 * devicePixelRatio, 3 * devicePixelRatio);
  ctx.restore();
}

function bars(plot: uPlot, list: readonly Bar[], color: string, width: number, aside = 0): void {
  const {ctx} = plot;
  const head = 3 * devicePixelRatio;
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.beginPath();
  for (const {x, top, bottom} of distinct(plot, list)) {
    ctx.moveTo(x + aside, bottom);
    ctx.lineTo(x + aside, top);
    if (aside > 0 || bottom - top < 3 * head) continue;
    ctx.moveTo(x - head, top + head);
    ctx.lineTo(x, top);
    ctx.lineTo(x + head, top + head);
    ctx.moveTo(x - head, bottom - head);
    ctx.lineTo(x, bottom);
    ctx.lineTo(x + head, bottom - head);
  }
  ctx.stroke();
}
