#!/usr/bin/env python3
"""Reads lines of BASE and TEXTs, with tabs between: BASE.svg is sound XML and shows every TEXT, BASE.png is a picture twice as wide. All at once, for
to start an interpreter takes longer than to look. Says what is wrong; exit 1 if anything is."""
import os
import struct
import sys
import xml.etree.ElementTree as tree


def faults_of(base, wanted):
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
    return [f"{os.path.basename(base)}: {fault}" for fault in faults]


found = [fault for line in sys.stdin for fault in faults_of(*(lambda base, *texts: (base, texts))(*line.rstrip("\n").split("\t")))]
for fault in found:
    print("FAILED:", fault)
sys.exit(bool(found))
