// The little that the page does by itself. Without it everything is still there: titles instead of the panel, and
// graphs that do not zoom.
#include "apps/replay/page_parts.hpp"

namespace fourtuple::replay {
namespace {

constexpr std::string_view kPanelScript = R"js(//<![CDATA[
(() => {
'use strict';
const panel = document.getElementById('panel'), pre = panel.firstElementChild;
let pinned = null;
const fields = row => {
  if (row.fields === undefined) {
    const title = row.querySelector('title');
    row.fields = title ? title.textContent : '';
    if (title) title.remove();
  }
  return row.fields;
};
const show = (row, y) => {
  pre.textContent = row ? fields(row) : '';
  panel.hidden = !pre.textContent;
  panel.classList.toggle('above', y > innerHeight / 2);
};
const pin = row => {
  if (pinned) pinned.classList.remove('pinned');
  pinned = pinned === row ? null : row;
  if (pinned) pinned.classList.add('pinned');
};
const rowOf = event => event.target.closest('.ladder .row');
document.addEventListener('mouseover', event => { if (!pinned) show(rowOf(event), event.clientY); });
document.addEventListener('focusin', event => {
  const row = rowOf(event);
  if (row && !pinned) show(row, row.getBoundingClientRect().top);
});
document.addEventListener('click', event => {
  const row = rowOf(event);
  if (row && !event.target.closest('a')) { pin(row); show(pinned, event.clientY); }
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') { if (pinned) pin(pinned); show(null, 0); }
});
const reveal = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
  target.scrollIntoView({block: target.tagName === 'DETAILS' ? 'start' : 'center'});
};
addEventListener('hashchange', reveal);
reveal();
})();
)js";

constexpr std::string_view kGraphScript = R"js((() => {
'use strict';
const W = 560, H = 250, SVG = 'http://www.w3.org/2000/svg';
const ticks = (low, high, most) => {
  const least = Math.max(high - low, 1e-9) / most, power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(step => step >= least * 0.999);
  const list = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) list.push(at);
  return list;
};
const numbers = text => text.split(',').map(Number);
const words = (value, axis) => axis === 'time' ? +(value / 1000).toPrecision(6) + ' ms' : Math.round(value).toLocaleString('en');
const setUp = box => {
  const home = {time: numbers(box.dataset.time), event: numbers(box.dataset.event), y: numbers(box.dataset.octets)};
  const view = {axis: box.dataset.axis, x: home[box.dataset.axis].slice(), y: home.y.slice()};
  const pieces = [...box.querySelectorAll('.plot .bar, .plot .mark')].map(piece => ({
    piece, time: +piece.dataset.t, event: +piece.dataset.e, a: +piece.dataset.a, b: +piece.dataset.b, v: +piece.dataset.v}));
  const stairs = [...box.querySelectorAll('.plot .stairs')].filter(piece => piece.dataset.p).map(piece => ({
    piece, points: piece.dataset.p.split(' ').map(numbers)}));
  const x = value => (value - view.x[0]) / (view.x[1] - view.x[0]) * W;
  const y = value => H - (value - view.y[0]) / (view.y[1] - view.y[0]) * H;
  const near = value => Math.max(-1e4, Math.min(1e4, value)).toFixed(1);
  const bar = (x, low, high) => {
    const head = Math.min(4, (low - high) / 2);
    return `M${near(x)} ${near(low)}V${near(high)}` +
      `M${near(x - 3)} ${near(high + head)}L${near(x)} ${near(high)}L${near(x + 3)} ${near(high + head)}` +
      `M${near(x - 3)} ${near(low - head)}L${near(x)} ${near(low)}L${near(x + 3)} ${near(low - head)}`;
  };
  const drawTicks = group => {
    group.textContent = '';
    const add = (name, attributes, text) => {
      const element = document.createElementNS(SVG, name);
      for (const key in attributes) element.setAttribute(key, attributes[key]);
      if (text) element.textContent = text;
      group.append(element);
    };
    for (const at of ticks(view.x[0], view.x[1], 6)) {
      add('line', {x1: 64 + x(at), x2: 64 + x(at), y1: 14, y2: 14 + H});
      add('text', {x: 64 + x(at), y: 280, 'text-anchor': 'middle'}, words(at, view.axis));
    }
    for (const at of ticks(view.y[0], view.y[1], 6)) {
      add('line', {x1: 64, x2: 64 + W, y1: 14 + y(at), y2: 14 + y(at)});
      add('text', {x: 58, y: 18 + y(at), 'text-anchor': 'end'}, words(at, ''));
    }
  };
  const draw = () => {
    const index = view.axis === 'time' ? 0 : 1;
    for (const one of pieces) {
      const at = x(one[view.axis]);
      if (one.piece.tagName === 'path') one.piece.setAttribute('d', bar(at, y(one.a), y(one.b)));
      else one.piece.setAttribute('transform', `translate(${near(at)} ${near(y(one.v))})`);
    }
    for (const one of stairs) one.piece.setAttribute('d', one.points.map((point, i) => i === 0 ?
      `M${near(x(point[index]))} ${near(y(point[2]))}` : `H${near(x(point[index]))}V${near(y(point[2]))}`).join('') + 'H10000');
    box.querySelectorAll('.ticks').forEach(drawTicks);
    box.querySelectorAll('.axis').forEach(axis => {
      axis.textContent = view.axis === 'time' ? 'time' : 'event number (row of the ladder)';
    });
    box.querySelectorAll('[data-do]').forEach(button => {
      if (button.dataset.do in home) button.setAttribute('aria-pressed', String(button.dataset.do === view.axis));
    });
  };
  const scale = (range, factor, part) => {
    const middle = range[0] + (range[1] - range[0]) * part;
    return [middle - (middle - range[0]) * factor, middle + (range[1] - middle) * factor];
  };
  const zoom = (factor, acrossPart, upPart, onlyAcross) => {
    view.x = scale(view.x, factor, acrossPart);
    if (!onlyAcross) view.y = scale(view.y, factor, upPart);
    draw();
  };
  const goHome = axis => { view.axis = axis; view.x = home[axis].slice(); view.y = home.y.slice(); draw(); };
  const actions = {time: () => goHome('time'), event: () => goHome('event'), home: () => goHome(view.axis),
    in: () => zoom(0.6, 0.5, 0.5, false), out: () => zoom(1 / 0.6, 0.5, 0.5, false)};
  box.addEventListener('click', event => {
    const button = event.target.closest('[data-do]');
    if (button) actions[button.dataset.do]();
  });
  box.querySelectorAll('.graph svg[viewBox]').forEach(svg => {
    const place = event => {
      const area = svg.getBoundingClientRect(), unit = 640 / area.width;
      return [((event.clientX - area.left) * unit - 64) / W, 1 - ((event.clientY - area.top) * unit - 14) / H];
    };
    let grip = null, moved = false;
    svg.setAttribute('tabindex', '0');
    svg.addEventListener('wheel', event => {
      if (document.activeElement !== svg && !event.ctrlKey) return;
      event.preventDefault();
      const [across, up] = place(event);
      zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, across, up, event.shiftKey);
    }, {passive: false});
    svg.addEventListener('pointerdown', event => { svg.focus({preventScroll: true}); grip = place(event); moved = false; });
    svg.addEventListener('pointermove', event => {
      if (!grip || !(event.buttons & 1)) return;
      const here = place(event);
      const dx = (grip[0] - here[0]) * (view.x[1] - view.x[0]), dy = (grip[1] - here[1]) * (view.y[1] - view.y[0]);
      if (Math.abs(grip[0] - here[0]) + Math.abs(grip[1] - here[1]) > 0.01) moved = true;
      if (!moved) return;
      view.x = view.x.map(value => value + dx);
      view.y = view.y.map(value => value + dy);
      grip = here;
      draw();
    });
    svg.addEventListener('pointerup', () => { grip = null; });
    svg.addEventListener('click', event => { if (moved) event.preventDefault(); }, true);
    svg.addEventListener('dragstart', event => event.preventDefault());
    svg.addEventListener('dblclick', () => goHome(view.axis));
  });
};
document.querySelectorAll('.graphs').forEach(setUp);
})();
//]]>
)js";

}  // namespace

std::string page_script() { return std::string(kPanelScript) + std::string(kGraphScript); }

}  // namespace fourtuple::replay
