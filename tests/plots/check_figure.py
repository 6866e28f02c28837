#!/usr/bin/env python3
"""check_figure.py BASE TEXT...: BASE.svg is sound XML and shows every TEXT, BASE.png is a picture twice as wide."""
import os
import struct
import sys
import xml.etree.ElementTree as tree

base, wanted = sys.argv[1], sys.argv[2:]
faults = []
try:
    root = tree.parse(base + ".svg").getroot()
    shown = ["".join(e.itertext()).strip() for e in root.iter() if e.tag.endswith("}text")]
    page = "\n".join(shown)
    faults += [f"the SVG does not show '{text}'" for text in wanted if text not in page]
    if "NaN" in page or "undefined" in page:
        faults.append("the SVG shows a value that is none")
    width, height = (int(root.get("viewBox").split()[i]) for i in (2, 3))
    with open(base + ".png", "rb") as png:
        head = png.read(24)
    if head[:8] != b"\x89PNG\r\n\x1a\n":
        faults.append("the PNG is none")
    elif struct.unpack(">II", head[16:]) != (2 * width, 2 * height):
        faults.append(f"the PNG is {struct.unpack('>II', head[16:])}, the SVG {width} x {height}")
    if not 1600 <= 2 * width <= 2000 or os.path.getsize(base + ".png") < 8000:
        faults.append("the PNG is too small")
except (OSError, tree.ParseError, AttributeError) as fault:
    faults.append(str(fault))
for fault in faults:
    print(f"{os.path.basename(base)}: {fault}")
sys.exit(bool(faults))
