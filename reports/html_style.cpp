#include <fmt/format.h>

#include "reports/html_page.h"

namespace assay::reports {
namespace {

constexpr std::string_view kSheet = R"css(
:root{--text:#1b2733;--muted:#57606a;--line:#c5ccd3;--faint:#eef1f4;--paper:#ffffff;--pass:#00704f;--pass-tint:#e0f2ec;
--unsure:#9a6700;--unsure-tint:#fbf0d9;--fail:#b34700;--fail-tint:#fbe7da;--accent:#0072b2;color-scheme:light}
@media screen and (prefers-color-scheme:dark){:root{--text:#e6ebf0;--muted:#9ba6b1;--line:#3b454f;--faint:#20272e;
--paper:#14191e;--pass:#1fb489;--pass-tint:#10302a;--unsure:#e69f00;--unsure-tint:#35290d;--fail:#f28b4b;
--fail-tint:#3d2315;--accent:#56b4e9;color-scheme:dark}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--text);font:15px/1.55 "Liberation Sans",Arial,"WenQuanYi Micro Hei",
"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1080px;margin:0 auto;padding:20px 28px 60px}
h1,p,li{overflow-wrap:anywhere}
h1{font-size:28px;line-height:1.25;margin:10px 0 2px}
h2{font-size:19px;margin:44px 0 10px;padding-bottom:6px;border-bottom:2px solid var(--line)}
h3{font-size:15px;margin:22px 0 4px}
p{margin:8px 0;max-width:76ch}
a{color:var(--accent)}
code{font:12.5px/1.4 "Liberation Mono",Consolas,monospace}
.muted,.small{color:var(--muted)}.small{font-size:13px}
.langs{position:absolute;opacity:0;width:1px;height:1px}
nav{max-width:1080px;margin:0 auto;padding:14px 28px 0;text-align:right}
nav label{display:inline-block;padding:3px 12px;border:1px solid var(--line);cursor:pointer;color:var(--muted)}
nav label:first-child{border-radius:5px 0 0 5px}nav label:last-child{border-radius:0 5px 5px 0;border-left:0}
#show-en:checked~main .zh,#show-zh:checked~main .en{display:none}
#show-en:checked~nav label[for=show-en],#show-zh:checked~nav label[for=show-zh]{background:var(--accent);
border-color:var(--accent);color:var(--paper)}
#show-en:focus-visible~nav label[for=show-en],#show-zh:focus-visible~nav label[for=show-zh]{outline:3px solid var(--text)}
.badge{display:inline-block;padding:2px 12px;border:1.5px solid currentColor;border-radius:20px;font-weight:700;
font-size:13px;color:var(--accent)}
.notice{border-left:6px solid var(--unsure);background:var(--unsure-tint);padding:10px 16px;margin:14px 0;max-width:none}
.notice b{color:var(--unsure)}
.verdict{border:1px solid var(--line);border-radius:8px;padding:18px 22px;margin:16px 0}.verdict>:last-child{margin-bottom:0}
.verdict .level{font-size:24px;font-weight:700;line-height:1.3;max-width:none;margin:0 0 10px}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 18px;margin:12px 0;font-size:14px}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto;margin:12px 0}
table{border-collapse:collapse;width:100%;font-size:13.5px}
caption>span,tr.group div{display:inline-block;position:sticky;left:0;max-width:calc(100vw - 44px)}
caption{text-align:left;color:var(--muted);font-size:13px;padding:0 0 6px}
th{text-align:left;word-break:keep-all;vertical-align:bottom;color:var(--muted);font-weight:700;font-size:12.5px;line-height:1.3;
border-bottom:1.5px solid var(--line);padding:6px 8px}
td{vertical-align:top;border-bottom:1px solid var(--line);padding:6px 8px;overflow-wrap:break-word}
td:not(.num){min-width:4.6em}td:first-child:not(.num){min-width:8.5em}td.num,th.num{text-align:right}td.num{white-space:nowrap}
tr.group th{padding:15px 8px 5px;border-bottom:1px solid var(--line);color:var(--muted);font-weight:400;font-size:13px}
tr.group b,tr.group .result{color:var(--text)}tr.group b{font-size:14px}.result{font-weight:700;font-size:14px}
tr.sum td{font-weight:700}
tr:target{background:var(--unsure-tint)}
tr.invalid td{color:var(--muted)}
.chip{display:inline-block;padding:1px 9px;border-radius:12px;font-weight:700;font-size:13px;white-space:nowrap}
.chip.pass{color:var(--pass);background:var(--pass-tint)}.chip.unsure{color:var(--unsure);background:var(--unsure-tint)}
.chip.fail{color:var(--fail);background:var(--fail-tint)}.chip.none{color:var(--muted);background:var(--faint)}
.plain{font-weight:700;white-space:nowrap}.plain.pass{color:var(--pass)}.plain.unsure{color:var(--unsure)}
.plain.fail{color:var(--fail)}.plain.none{color:var(--muted)}
figure{margin:14px 0;padding:0;overflow-x:auto}figure p{max-width:none}sub{line-height:0}
.interval{display:grid;grid-template-columns:minmax(0,250px) minmax(0,440px) auto;gap:2px 24px;align-items:center;
justify-content:start;margin:6px 0}.interval div{font-size:14px}.interval .small{font-size:13px}
figcaption{font-weight:700;margin:0 0 4px}figcaption .small{font-weight:400}
.chart{display:block;width:100%;max-width:860px;height:auto}
.beside{display:flex;flex-wrap:wrap;gap:8px 32px;align-items:flex-start}
.beside>figure{flex:1 1 420px;max-width:580px;min-width:0}.beside>div{flex:1 1 300px;min-width:0}
.symbols{position:absolute}.icon{width:1em;height:1em;vertical-align:-.13em}
.glyph{fill:none;stroke:var(--paper);stroke-width:2}
.chart text{font-family:"Liberation Sans",Arial,"WenQuanYi Micro Hei","PingFang SC","Microsoft YaHei",sans-serif}
ol.why{padding-left:22px}ol.why>li{margin:0 0 14px}
.end{max-width:none;margin:56px 0 0;text-align:center;color:var(--muted);letter-spacing:.06em}
@media (max-width:640px){main,nav{padding-left:14px;padding-right:14px}dl{grid-template-columns:1fr}dt{margin-top:6px}
.chart{min-width:560px}.beside .chart,.interval .chart{min-width:0}
.interval{grid-template-columns:1fr;margin:16px 0}.verdict{padding:14px 16px}.verdict .level{font-size:20px}
figcaption,figure p{position:sticky;left:0;max-width:calc(100vw - 28px)}}
@page{size:A4;margin:16mm 14mm}
@media print{nav{display:none}body{font-size:10.5pt}main{max-width:none;padding:0}h2{break-after:avoid;margin-top:26px}
table{font-size:8.5pt}th{font-size:8pt}thead{display:table-header-group}tr,figure,.verdict,.notice,ol.why>li{break-inside:avoid}
.wide,figure{overflow:visible}caption>span,tr.group div{max-width:none}.chip,.notice,.chart{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit}
.beside>figure{flex-basis:300px}.beside>div{flex-basis:240px}.interval{grid-template-columns:minmax(0,190px) minmax(0,1fr) auto}
.end{margin-top:20px;break-before:avoid}td code{font-size:8pt}.beside{break-inside:avoid}td,th{padding:4px 5px}td.num,.chip{white-space:normal}}
)css";

}  // namespace

std::string style_sheet() {
  std::string out{kSheet};
  // Charts are painted in the light theme; here each of their colours follows the page's theme.
  const std::pair<std::string_view, std::string_view> colors[] = {
      {ink::kText, "text"},     {ink::kMuted, "muted"},        {ink::kLine, "line"},
      {ink::kFaint, "faint"},   {ink::kPaper, "paper"},        {ink::kPass, "pass"},
      {ink::kUnsure, "unsure"}, {ink::kPassTint, "pass-tint"}, {ink::kUnsureTint, "unsure-tint"},
      {ink::kFail, "fail"},     {ink::kFailTint, "fail-tint"}, {ink::kAccent, "accent"},
  };
  for (const auto& [color, name] : colors) {
    out += fmt::format(".chart [fill=\"{0}\"]{{fill:var(--{1})}}.chart [stroke=\"{0}\"]{{stroke:var(--{1})}}\n", color,
                       name);
  }
  return out;
}

}  // namespace assay::reports
