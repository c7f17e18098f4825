// How the page looks: on a screen by day and by night, wide and narrow, and on paper.
#include "apps/replay/page_parts.hpp"

namespace fourtuple::replay {
namespace {

// Colours that people with colour-blindness tell apart; shapes say the same once more.
constexpr std::string_view kColours = R"css(
:root {
  --ground: #f6f7f9; --card: #ffffff; --ink: #1b2027; --quiet: #5d6673; --faint: #98a1ad; --rule: #dfe3e8;
  --rail: #eef0f4; --life: #b4bcc8; --link: #0b5cad;
  --identical: #68717d; --equivalent: #157a6e; --diverged: #2b62c9; --should: #a86400; --must: #c3272b;
  --stalled: #7a3fb0; --refused: #68717d; --on: #ffffff;
  --band-equivalent: #f0f8f6; --band-diverged: #eaf1fe; --band-should: #fdf3dd; --band-must: #fdeaea;
  --band-stalled: #f5edfc; --point: #f1f4f9;
  --theirs: #4a5260; --ours: #0b5cad; --other: #6b7480; --again: #c3272b; --waiting: #c98500; --waiting-ground: #fbe9c4;
  --plot: #fbfcfd; --seg: #1b2027; --ack: #1a8a3c; --window: #c98a00; --sack: #8c3fc4; --ends: #c65a00;
}
)css";

constexpr std::string_view kNight = R"css(
@media screen and (prefers-color-scheme: dark) { :root {
  --ground: #12151a; --card: #1a1e25; --ink: #e6e9ee; --quiet: #a3acb9; --faint: #6d7786; --rule: #2c323c;
  --rail: #20252e; --life: #4a5361; --link: #7db7ff;
  --identical: #97a1af; --equivalent: #4cc7b5; --diverged: #82aaff; --should: #f0b34a; --must: #ff7a78;
  --stalled: #c99bf5; --refused: #97a1af; --on: #12151a;
  --band-equivalent: #18262a; --band-diverged: #1b2740; --band-should: #33291a; --band-must: #3a1f23;
  --band-stalled: #2c2239; --point: #222833;
  --theirs: #c3cad4; --ours: #7db7ff; --other: #939dab; --again: #ff7a78; --waiting: #f0b34a; --waiting-ground: #4a3a1c;
  --plot: #151920; --seg: #e6e9ee; --ack: #5ad17d; --window: #f2c14e; --sack: #c99bf5; --ends: #ff9d5c;
} }
)css";

constexpr std::string_view kText = R"css(
* { box-sizing: border-box; }
html { background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 24px 24px 80px; max-width: 1440px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 10px; overflow-wrap: anywhere; }
h3 { font-size: 16px; margin: 30px 0 10px; } h4 { font-size: 14px; margin: 18px 0 4px; }
h5 { font-size: 13px; font-weight: 600; margin: 0 0 2px; color: var(--quiet); }
p { margin: 6px 0; } a { color: var(--link); }
code, pre, .ladder text, .hosts { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.program { color: var(--quiet); margin: 0; font-weight: 600; letter-spacing: 0.02em; }
.note { color: var(--quiet); font-size: 13.5px; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.patterns { position: absolute; }
.chip { display: inline-flex; align-items: center; gap: 6px; padding: 1px 9px 1px 7px; margin: 2px 8px 2px 0; border-radius: 999px;
  border: 1px solid currentColor; font-size: 13px; font-weight: 600; white-space: nowrap; color: var(--c); }
.chip svg { flex: none; }
.identical { --c: var(--identical); } .equivalent { --c: var(--equivalent); } .diverged { --c: var(--diverged); }
.should { --c: var(--should); } .must { --c: var(--must); } .stalled { --c: var(--stalled); } .refused { --c: var(--refused); } .alone { --c: var(--faint); }
.shape { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.shape .body { fill: var(--c); stroke: none; } .shape .mark { stroke: var(--on); stroke-width: 2; }
summary { cursor: pointer; } summary:focus-visible, .row:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
.legend { margin: 10px 0 0; max-width: 860px; } .legend summary { color: var(--link); }
ul.shapes, ul.pieces { list-style: none; padding: 0; margin: 8px 0; }
ul.shapes li { display: grid; grid-template-columns: 190px 1fr; align-items: center; justify-items: start; }
ul.pieces { display: flex; flex-wrap: wrap; gap: 2px 20px; color: var(--quiet); font-size: 13px; }
ul.pieces svg { vertical-align: -3px; margin-right: 5px; }
.recorded { color: var(--quiet); font-size: 13px; margin-right: 6px; }
)css";

constexpr std::string_view kCards = R"css(
table { border-collapse: collapse; } th { text-align: left; font-weight: 600; color: var(--quiet); font-size: 13px; }
.index { width: 100%; margin: 22px 0; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
.index th, .index td { padding: 5px 12px; border-bottom: 1px solid var(--rule); } .index tr:last-child td { border-bottom: 0; }
.index .hosts, summary .hosts { font-size: 13px; }
.outcome { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; margin: 16px 0; padding: 0 20px; }
.outcome[open] { padding-bottom: 20px; }
.outcome summary { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 14px; padding: 12px 0; list-style: none; }
.outcome summary::-webkit-details-marker { display: none; }
.outcome summary::before { content: "▸"; color: var(--quiet); width: 12px; } .outcome[open] summary::before { content: "▾"; }
.stream { font-weight: 700; } .role { color: var(--quiet); }
ol.details { list-style: none; padding: 0; margin: 6px 0 0; display: grid; gap: 10px; }
.detail { border: 1px solid var(--rule); border-left: 4px solid var(--c); border-radius: 6px; padding: 8px 14px 10px; }
.detail .top { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 12px; margin: 0 0 4px; }
.detail .clause { font-weight: 600; } .detail .rule { color: var(--quiet); font-family: ui-monospace, monospace; font-size: 13px; }
.detail .where { margin-left: auto; font-size: 13.5px; }
.detail .sentence { font-size: 15.5px; } .detail .sentence::first-letter, .detail .hint::first-letter { text-transform: uppercase; }
.detail .hint { color: var(--quiet); }
.detail:target { background: var(--point); }
.frames { margin: 6px 0 0; display: block; overflow-x: auto; } .frames th, .frames td { padding: 1px 16px 1px 0; font-size: 13px; white-space: nowrap; }
)css";

constexpr std::string_view kLadder = R"css(
.ladder { display: block; overflow: visible; } .ladder text { font-size: 12px; fill: var(--ink); }
.ladder .who { font: 600 14px system-ui, sans-serif; } .ladder .host { font-size: 12.5px; fill: var(--quiet); }
.ladder .time { fill: var(--quiet); font-size: 11.5px; }
.ladder .rail { fill: var(--rail); } .ladder .life { stroke: var(--life); stroke-width: 1.5; }
.ladder .head { overflow: visible; } .ladder .band { fill: none; pointer-events: all; }
.row.equivalent .band { fill: var(--band-equivalent); } .row.diverged .band { fill: var(--band-diverged); }
.row.should .band { fill: var(--band-should); } .row.must .band { fill: var(--band-must); } .row.stalled .band { fill: var(--band-stalled); }
.row .band { opacity: 0.75; } .row:hover .band, .row:focus .band { fill: var(--point); opacity: 1; }
.row:target .band, .row.pinned .band { stroke: var(--link); stroke-width: 2; } .row { cursor: pointer; outline: none; }
.arrow line { stroke: var(--a); stroke-width: 1.4; } .arrow path { fill: var(--a); stroke: none; }
.arrow.theirs { --a: var(--theirs); } .arrow.ours { --a: var(--ours); } .arrow.other { --a: var(--other); }
.arrow.data line { stroke-width: 2.2; } .arrow.reset line { stroke-width: 2.2; stroke-dasharray: 9 3 2 3; }
.arrow.again { --a: var(--again); } .arrow.again line { stroke-dasharray: 7 4; }
.arrow.icmp line, .arrow.synthetic line { stroke-dasharray: 2 4; } .arrow.synthetic { --a: var(--faint); }
.arrow.lost { --a: var(--must); } .arrow.lost path { stroke: var(--a); stroke-width: 2; fill: none; }
.words .again { fill: var(--again); font-weight: 700; } .words .window, .words .options { fill: var(--quiet); }
.join { stroke: var(--other); stroke-width: 2.2; } .join.late { stroke: var(--waiting); stroke-dasharray: 3 3; }
.waiting { fill: url(#hatch); stroke: var(--waiting); stroke-width: 1; }
.hatch-ground { fill: var(--waiting-ground); } .hatch-line { fill: var(--waiting); }
.ladder .held { font-size: 11px; fill: var(--waiting); font-weight: 700; }
.ladder .call { fill: var(--ours); } .ladder .state { fill: var(--quiet); } .ladder text.state { font-weight: 700; font-size: 11.5px; }
.ladder text.call { font-style: italic; } .ladder circle.state { fill: var(--card); stroke: var(--quiet); stroke-width: 2; }
.gap .band { fill: var(--rail); } .ladder .gap text { fill: var(--quiet); font-size: 12px; }
)css";

constexpr std::string_view kGraphs = R"css(
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 20px; } .graph svg { display: block; width: 100%; height: auto; }
.graph svg[viewBox]:focus { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.graph text { font: 11.5px system-ui, sans-serif; fill: var(--quiet); } .plot-ground { fill: var(--plot); stroke: var(--rule); }
.graph .beyond { fill: var(--window); } .ticks line { stroke: var(--rule); } .plot { cursor: grab; overflow: hidden; } .plot a { cursor: pointer; }
.bar, .stairs { fill: none; stroke: var(--g); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.mark path { fill: var(--g); stroke: var(--g); stroke-width: 1.5; } .graph .mark text { fill: var(--g); font-weight: 700; font-size: 11px; }
.sent { --g: var(--seg); } .again { --g: var(--again); } .ack { --g: var(--ack); } .window { --g: var(--window); }
.sack { --g: var(--sack); } .ends { --g: var(--ends); } .reset { --g: var(--must); }
.bar.again { stroke-width: 2.4; } .bar.sack { stroke-width: 2.4; opacity: 0.8; } .stairs.window { stroke-dasharray: 5 3; }
.buttons { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
button { font: inherit; font-size: 13px; color: var(--ink); background: var(--card); border: 1px solid var(--life); border-radius: 6px; padding: 2px 10px; cursor: pointer; }
button[aria-pressed="true"] { background: var(--link); border-color: var(--link); color: var(--on); }
#panel { position: fixed; right: 20px; bottom: 16px; max-width: min(760px, 94vw); max-height: 46vh; overflow: auto; background: var(--card);
  border: 1px solid var(--life); border-radius: 8px; box-shadow: 0 6px 28px rgb(0 0 0 / 0.22); padding: 8px 14px; }
#panel.above { bottom: auto; top: 16px; } #panel[hidden] { display: none; }
#panel pre { margin: 0; font-size: 12.5px; line-height: 1.45; white-space: pre-wrap; }
)css";

constexpr std::string_view kNarrowAndPaper = R"css(
@media (max-width: 1100px) { .ladder .options { display: none; } }
@media (max-width: 820px) { body { padding: 14px 10px 60px; } .outcome { padding: 0 10px; } .pair { grid-template-columns: 1fr; }
  .ladder text { font-size: 10.5px; } .ladder .time { font-size: 10px; } .ladder .who { font-size: 12px; } .ladder .host { font-size: 10px; }
  .ladder .held { font-size: 10px; } .ladder text.state { font-size: 10.5px; } .ladder .words .window, .ladder .spare { display: none; }
  .index th, .index td { padding: 4px 6px; } }
@media print { html { background: #ffffff; font-size: 10pt; } body { padding: 0; max-width: none; } .buttons, .legend:not([open]), #panel { display: none; }
  .outcome { border: 0; padding: 0; } .detail, .graph { break-inside: avoid; } * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
)css";

}  // namespace

std::string page_style() {
  std::string style;
  for (const std::string_view part : {kColours, kNight, kText, kCards, kLadder, kGraphs, kNarrowAndPaper})
    style += part;
  return style;
}

}  // namespace fourtuple::replay
