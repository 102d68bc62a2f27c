/** The style sheet of exported HTML files. */
export const VIEWER_STYLE = `
:root{color-scheme:light dark;font:13px/1.45 Inter,system-ui,sans-serif;background:#fff;color:#1c1c1a}
body{margin:0}
header{display:flex;flex-wrap:wrap;gap:4px 20px;align-items:center;padding:8px 12px;border-bottom:1px solid #e3e3de}
h1,h2,h3{font-size:13px;font-weight:600;margin:0}
h1{flex-basis:100%}
h3{color:#686863;font-weight:400;margin-top:10px}
label{display:flex;gap:6px;align-items:center}
main{display:flex;flex-wrap:wrap}
#figure{flex:3 1 520px;min-width:0;padding:8px}
svg{display:block;width:100%;max-width:1400px;height:auto}
section{padding:12px;border-top:1px solid #e3e3de}
section svg{max-width:900px}
aside{flex:1 1 260px;padding:12px;border-left:1px solid #e3e3de;overflow-wrap:anywhere}
ol{list-style:none;margin:0;padding:0}
li{display:flex;justify-content:space-between;gap:8px;font-variant-numeric:tabular-nums}
li span{white-space:nowrap}
button{font:inherit;color:inherit;background:none;border:0;padding:1px 0;text-align:left;cursor:pointer}
button:hover{text-decoration:underline}
:focus-visible{outline:2px solid #6d28d9;outline-offset:1px}
[data-node]{cursor:pointer}
[data-node].chosen{stroke:#6d28d9;stroke-width:2px}
.dim [data-edge]{stroke-opacity:.06}
.dim [data-edge].own{stroke-opacity:.95}
.dark{display:none}
@media (prefers-color-scheme:dark){:root{background:#1a1a1c;color:#e9e9e6}header,aside,section{border-color:#2d2d30}h3{color:#9b9b96}.light{display:none}.dark{display:block}:focus-visible{outline-color:#a78bfa}[data-node].chosen{stroke:#a78bfa}}
`;
/** Its SHA-256, in the file's policy; a test fails where it is not. */
export const VIEWER_STYLE_HASH = 'NxZKV/aJvQ2VsUd6z0urTrI1Y2RUIV0tDiMA8cKIqYM=';
