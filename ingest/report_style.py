"""How a report page looks: one style sheet, within the page."""

from ingest.report_map import COLOURS

STYLE = (
    """
:root{--ink:#22211E;--dim:#5C5A54;--line:#DAD7CE;--paper:#FFF}
*{box-sizing:border-box}
body{margin:0;background:#F0EEE8;color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
main,header{max-width:60rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:1.5rem}
main>section{background:var(--paper);
 border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.25rem;margin:1rem 0}
h1{font-size:1.6rem;line-height:1.25;margin:.25rem 0;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:.25rem 0 .75rem}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
p{margin:.25rem 0}
.dim{color:var(--dim)}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line)}
td{overflow-wrap:anywhere}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.scroll{overflow-x:auto}
.sums{display:flex;flex-wrap:wrap;gap:.75rem;padding:0;margin:0;list-style:none}
.sums li{flex:1 1 8rem;border-left:.35rem solid;padding:.25rem .75rem;background:#FAF9F6}
.sums b{display:block;font-size:1.5rem;line-height:1.2}
.advice{background:#F4F7F1;border-left:.25rem solid #5E9150;padding:.35rem .75rem;margin:.4rem 0}
.map{width:100%;height:auto;border:1px solid var(--line)}
.switch{float:right;display:flex;gap:.25rem;font-size:.9rem}
.switch label{padding:.2rem .6rem;
 border:1px solid var(--line);border-radius:.3rem;background:var(--paper);cursor:pointer}
input.lang{position:absolute;opacity:0}
#de:checked~header label[for=de],#en:checked~header label[for=en]{background:var(--ink);color:#FFF}
#de:focus-visible~header label[for=de],
#en:focus-visible~header label[for=en]{outline:3px solid #006BFF;outline-offset:2px}
#de:checked~* [lang=en],#en:checked~* [lang=de]{display:none}
details summary{cursor:pointer}
@media print{body{background:#FFF;font-size:11px}.switch,input.lang{display:none}
main>section{border:0;padding:0;break-inside:auto}tr,h2,h3{break-inside:avoid}h3{break-after:avoid}}
""".strip()
    + "\n"
    + "\n".join(f".sums li.{severity}{{border-color:{colour}}}" for severity, colour in COLOURS.items())
    + "\n"
)
