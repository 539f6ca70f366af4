"""Files as people hand them in, and as nobody should: made here, so that no bomb lies in the tree."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PIL import Image

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)


def archive(members: Mapping[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members, in their order."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(zipfile.ZipInfo(name), content, method)
    return written.getvalue()


def docx(more: Mapping[str, bytes | str] | None = None, *, main: str = WORD, document: str = "<w/>") -> bytes:
    """A document of Word with one part, and more where it is asked for."""
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    return archive({"[Content_Types].xml": types, "word/document.xml": document, **(more or {})})


def with_external_template() -> bytes:
    link = '<Relationship Id="r" Type="x/attachedTemplate" Target="http://127.0.0.1:9/t" TargetMode="External"/>'
    return docx({"word/_rels/settings.xml.rels": _RELATIONSHIPS.format(link)})


def odt() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        packed.writestr("content.xml", "<office/>")
    return written.getvalue()


def pdf(*, catalogue: bytes = b"", after: bytes = b"", head: bytes = b"") -> bytes:
    """A PDF of one empty page."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]>>",
    ]
    written, places = b"%PDF-1.7\n" + head, []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 4\n0000000000 65535 f \n%strailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return written + end % (table, len(written)) + after


def png(width: int = 1, height: int = 1, *, after: bytes = b"") -> bytes:
    """A picture whose header says how large it is; its content is one pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))

    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0\0")), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + after


def jpeg(*, after: bytes = b"", progressive: bool = False) -> bytes:
    """A photograph, of several scans where it is progressive."""
    written = io.BytesIO()
    Image.effect_mandelbrot((64, 64), (-3, -2.5, 2, 2.5), 100).save(written, "JPEG", progressive=progressive)
    return written.getvalue() + after


def samsung(*, before: bytes = b"", named: bytes = b"MotionPhoto_Data", data: bytes = b"", **changes: int) -> bytes:
    """What a Samsung writes behind a photograph: two blocks and their directory; `changes` makes one number wrong."""
    blocks = [
        struct.pack("<HHI", 0, kind, len(name)) + name + held
        for kind, name, held in ((0x0A01, b"Image_UTC_Data", b"1777800000000"), (0x0A30, named, data or mp4()))
    ]
    first, second = map(len, blocks)
    entries = struct.pack("<HHIIHHII", 0, 0x0A01, first + second, first, 0, 0x0A30, second, second)
    directory = struct.pack("<4sII", b"SEFH", 107, 2 + changes.get("count", 0)) + entries
    size = len(directory) + changes.get("size", 0)
    return before + b"".join(blocks) + b"x" * changes.get("gap", 0) + directory + struct.pack("<I4s", size, b"SEFT")


def mp4() -> bytes:
    return b"".join(struct.pack("!I", len(body) + 8) + name + body for name, body in
                    ((b"ftyp", b"isom\0\0\2\0isommp41"), (b"moov", b"\0" * 8), (b"mdat", b"\0" * 64)))  # fmt: skip


# What nobody should hand in


def dense() -> bytes:
    """256 MB in 256 kB."""
    return archive({"zeros.csv": b"0" * (256 * 1024 * 1024)})


def overlapping() -> bytes:
    """Two members in one place (Fifield, A better zip bomb)."""
    made = archive({"a.txt": b"a" * 1000, "b.txt": b"a" * 1000}, method=zipfile.ZIP_STORED)
    directory = made.index(b"PK\x01\x02")
    second = made.index(b"PK\x01\x02", directory + 4)
    return made[: second + 42] + struct.pack("<I", 0) + made[second + 46 :]


def larger_than_it_says() -> bytes:
    """A member that unpacks to more than its directory says."""
    made = archive({"a.txt": b"a" * 100_000})
    directory = made.index(b"PK\x01\x02")
    return made[: directory + 24] + struct.pack("<I", 100) + made[directory + 28 :]


def declared_huge() -> bytes:
    """A directory that says 3 GB."""
    made = archive({"a.txt": b"a" * 100})
    directory = made.index(b"PK\x01\x02")
    return made[: directory + 24] + struct.pack("<I", 3 * 1024**3) + made[directory + 28 :]


def many_members() -> bytes:
    return archive({f"{number}.txt": b"" for number in range(2001)}, method=zipfile.ZIP_STORED)


def linked() -> bytes:
    """A symbolic link to somewhere else."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    return written.getvalue()


def with_a_gap(*, before_the_directory: bool) -> bytes:
    """Bytes that no part of the archive claims."""
    made, gap = archive({"a.txt": b"a", "b.txt": b"b"}, method=zipfile.ZIP_STORED), b"<script>" * 4
    directory = made.index(b"PK\x01\x02")
    second, end = made.index(b"PK\x03\x04", 4), made.index(b"PK\x05\x06")
    other, at = made.index(b"PK\x01\x02", directory + 4), directory if before_the_directory else second
    moved = bytearray(made)
    moved[end + 16 : end + 20] = struct.pack("<I", directory + len(gap))
    if not before_the_directory:
        moved[other + 42 : other + 46] = struct.pack("<I", second + len(gap))
    return bytes(moved[:at]) + gap + bytes(moved[at:])


def encrypted() -> bytes:
    """A member with the mark of a password."""
    made = bytearray(archive({"a.txt": b"a"}, method=zipfile.ZIP_STORED))
    made[made.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def laughing() -> bytes:
    """A document whose entities grow ninefold nine times."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return docx(document=f'<!DOCTYPE w [<!ENTITY l0 "lol">{entities}]><w>&l9;</w>')


def pdf_of_deep_pages() -> bytes:
    """A PDF whose first stream is an endless table: 200 MB of zeros in 200 kB, for whoever reads its objects."""
    packed = zlib.compress(b"\0" * (200 * 1024 * 1024), 9)
    stream = b"<</Type/XRef/Size 9/W[1 9 9]/Filter/FlateDecode/Root 1 0 R/Length %d>>stream\n%s\nendstream" % (
        len(packed), packed,
    )  # fmt: skip
    return b"%%PDF-1.7\n1 0 obj%s endobj\nstartxref\n9\n%%%%EOF\n" % stream


BOMBS: Mapping[str, tuple[str, Callable[[], bytes], str]] = {
    "dense": ("a.zip", dense, "archive_too_dense"),
    "overlapping": ("a.zip", overlapping, "archive_malformed"),
    "larger than it says": ("a.zip", larger_than_it_says, "archive_malformed"),
    "huge by its word": ("a.zip", declared_huge, "archive_too_large"),
    "many members": ("a.zip", many_members, "archive_too_many_files"),
    "nested": ("a.zip", lambda: archive({"b.zip": archive({"c.txt": b"c"})}), "archive_nested"),
    "nested under another name": ("a.zip", lambda: archive({"b.txt": archive({"c.txt": b"c"})}), "archive_nested"),
    "nested gzip": ("a.zip", lambda: archive({"b.gz": b"\x1f\x8b\x08" + b"\0" * 30}), "archive_nested"),
    "archive in a document in an archive": (
        "a.zip",
        lambda: archive({"b.docx": docx({"word/c.zip": archive({"d.txt": b"d"})})}),
        "archive_nested",
    ),
    "link": ("a.zip", linked, "archive_unsafe"),
    "name that leads out": ("a.zip", lambda: archive({"../a.txt": b"a"}), "archive_unsafe"),
    "absolute name": ("a.zip", lambda: archive({"/etc/cron.d/a": b"a"}), "archive_unsafe"),
    "name of another system": ("a.zip", lambda: archive({"c:\\a.txt": b"a"}), "archive_unsafe"),
    "password": ("a.zip", encrypted, "file_unreadable"),
    "growing entities": ("a.docx", laughing, "xml_entities"),
    "growing entities in XML": (
        "a.xml", lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml_entities",
    ),
    "picture of a gigapixel": ("a.png", lambda: png(40_000, 40_000), "picture_too_large"),
    "PDF that unpacks": ("a.pdf", pdf_of_deep_pages, ""),
    "PDF without an end": ("a.pdf", lambda: b"%PDF-1.7\n" + b"1 0 obj<<" * 100_000, "file_unreadable"),
    "deep JSON": ("a.json", lambda: b"[" * 1_000_000, ""),
}  # fmt: skip
"""Name, content and code; no code where one of several says it."""

BEHIND: Mapping[str, bytes] = {
    "page": b"<html><script>alert(1)</script></html>",
    "RAR": b"Rar!\x1a\x07\x01\0" + b"x" * 64,
    "7z": b"7z\xbc\xaf\x27\x1c\0\x04" + b"x" * 64,
    "program": b"\x7fELF\x02\x01\x01" + b"x" * 64,
}
"""What a picture or document can carry behind its end."""

NO_BLOCKS: Mapping[str, dict[str, Any]] = {
    "something before them": {"before": b"x"},
    "a gap": {"gap": 3},
    "more said than there are": {"count": 1},
    "fewer said than there are": {"count": -1},
    "another size": {"size": 1},
    "no name": {"named": b""},
    "a name that is none": {"named": b"<b>"},
}


def _with_blocks(**made: Any) -> bytes:
    return jpeg(after=samsung(**made))


def _in_a_block(data: bytes) -> bytes:
    return _with_blocks(data=data + b"\0" * 70_000)


POLYGLOTS: Mapping[str, tuple[str, Callable[[], bytes], str]] = {
    **{f"JPEG, then {what}": ("a.jpg", partial(jpeg, after=it), "file_type_disagrees") for what, it in BEHIND.items()},
    **{f"PDF, then {what}": ("a.pdf", partial(pdf, after=it), "file_type_disagrees") for what, it in BEHIND.items()},
    "JPEG and page behind padding": (
        "a.jpg", lambda: jpeg(after=b"\0" * 100 + BEHIND["page"]), "file_type_disagrees",
    ),
    **{
        f"JPEG, then {what} as a camera's block": ("a.jpg", partial(_in_a_block, it), "file_type_disagrees")
        for what, it in {**BEHIND, "archive": archive({"a.class": b"a"})}.items() if what != "program"
    },
    **{
        f"JPEG and blocks with {what}": ("a.jpg", partial(_with_blocks, **made), "file_type_disagrees")
        for what, made in NO_BLOCKS.items()
    },
    "JPEG and page behind a picture": (
        "a.jpg", lambda: jpeg(after=jpeg() + BEHIND["page"]), "file_type_disagrees",
    ),
    "JPEG that goes on as a page": (
        "a.jpg", lambda: jpeg()[:-2] + BEHIND["page"], "file_unreadable",
    ),
    "JPEG and no end of zeros": ("a.jpg", lambda: jpeg(after=b"\0" * 10_000), "file_type_disagrees"),
    "PDF and page far behind": (
        "a.pdf", lambda: pdf(after=b" " * 100_000 + BEHIND["page"]), "file_type_disagrees",
    ),
    "picture and archive (GIFAR)": ("a.png", lambda: png(after=archive({"a.class": b"a"})), "file_type_disagrees"),
    "picture and page": ("a.png", lambda: png(after=b"<script>alert(1)</script>"), "file_type_disagrees"),
    "PDF and archive": ("a.pdf", lambda: pdf(after=archive({"a.txt": b"a"})), "file_type_disagrees"),
    "PDF and page": ("a.pdf", lambda: pdf(head=b"<html><script>alert(1)</script>\n"), "file_type_disagrees"),
    "document and Java archive": (
        "a.docx", lambda: docx({"META-INF/MANIFEST.MF": "Manifest-Version: 1.0"}), "file_type_disagrees",
    ),
    "archive behind something": ("a.zip", lambda: b"GIF89a" + archive({"a.txt": b"a"}), "file_type_not_accepted"),
    "archive before something": ("a.zip", lambda: archive({"a.txt": b"a"}) + b"<html>", "file_type_disagrees"),
    "page between two parts": ("a.zip", lambda: with_a_gap(before_the_directory=False), "archive_malformed"),
    "page before the directory": ("a.zip", lambda: with_a_gap(before_the_directory=True), "archive_malformed"),
    "document with macros": (
        "a.docx", lambda: docx(main=WORD.replace("openxmlformats-officedocument.wordprocessingml.document.main",
                                                "ms-word.document.macroEnabled.main")), "file_type_disagrees",
    ),
    "page as text": ("a.txt", lambda: b"\xef\xbb\xbf<!-- x --> <HTML><script>", "file_type_not_accepted"),
    "drawing as XML": (
        "a.xml", lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "file_type_not_accepted",
    ),
    "drawing": ("a.svg", lambda: b'<svg onload="alert(1)"/>', "file_type_not_accepted"),
    "page": ("a.html", lambda: b"<html></html>", "file_type_not_accepted"),
    "program": ("a.txt", lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 64, "file_type_not_accepted"),
    "program as PDF": ("a.pdf", lambda: b"MZ\x90\0" + b"\0" * 64, "file_type_not_accepted"),
    "picture as PDF": ("a.pdf", png, "file_type_disagrees"),
    "document as another": ("a.xlsx", docx, "file_type_disagrees"),
    "PDF under a password": (
        "a.pdf", lambda: pdf().replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 2 0 R"), "file_unreadable",
    ),
}  # fmt: skip

GOOD: Mapping[str, tuple[bytes, str]] = {
    "a.pdf": (pdf(), "pdf"),
    "a.docx": (docx(), "docx"),
    "a.odt": (odt(), "odt"),
    "a.txt": ("Привет".encode("cp1251"), "text"),
    "b.md": ("# Кто затронут\n".encode(), "text"),
    "a.log": ("﻿wide".encode("utf-16"), "text"),
    "a.csv": (b"a;b\r\n1;2\r\n", "csv"),
    "a.json": (b'{"a": [1, 2]}', "json"),
    "a.jsonl": (b'{"a": 1}\n{"a": 2}\n', "json_lines"),
    "a.yaml": (b"a: &x [1]\nb: *x\n", "yaml"),
    "a.xml": (b'<?xml version="1.0"?><bom xmlns="urn:x"/>', "xml"),
    "a.PNG": (png(), "png"),
    "a.jpg": (jpeg(), "jpeg"),
    "b.jpeg": (jpeg(progressive=True), "jpeg"),
    "c.jpg": (jpeg(after=b"\0" * 100), "jpeg"),
    "d.jpg": (jpeg(after=b"\0\0" + jpeg()), "jpeg"),
    "e.jpg": (jpeg(after=samsung()), "jpeg"),
    "f.jpg": (jpeg(after=b"\0" * 10 + jpeg() + samsung()), "jpeg"),
    "g.jpg": (jpeg(after=samsung(before=b"\0" * 30)), "jpeg"),
    "b.pdf": (pdf(after=b"\r\n\0\0\0\x1a"), "pdf"),
    "a.mp4": (mp4(), "mp4"),
    "a.zip": (archive({"docs/a.txt": b"a", "docs/b.docx": docx()}), "zip"),
}
