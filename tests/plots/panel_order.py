#!/usr/bin/env python3
"""The headings of a figure's large panels, in rows from the left, as they stand on the page; and fails where two labels of an axis overlap.
Argument: an SVG of gnuplot's."""
import re
import sys
import xml.etree.ElementTree as tree

HEADING, CHARACTER = "12.00", 0.6  # px; of its size, a character of DejaVu Sans


def texts(root):
    """(x, y, size, bold, anchor, text) of each text; gnuplot moves it by its group."""
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        move = re.match(r"translate\(([-\d.]+),([-\d.]+)\)", group.get("transform", ""))
        for text in group.findall("{http://www.w3.org/2000/svg}text"):
            if move and "rotate" not in group.get("transform"):
                yield *map(float, move.groups()), group.get("font-size"), group.get("font-weight"), group.get("text-anchor"), "".join(text.itertext()).strip()


found = list(texts(tree.parse(sys.argv[1]).getroot()))
headings = sorted((y, x, text) for x, y, size, bold, _, text in found if bold == "bold" and size == HEADING)
print(*(text for _, _, text in headings))
numbers = sorted((y, x, float(size), text) for x, y, size, _, anchor, text in found if anchor == "middle" and re.fullmatch(r"\d+", text))
for (y, x, size, text), (below, right, _, other) in zip(numbers, numbers[1:]):
    if y == below and right - x < CHARACTER * size * (len(text) + len(other)) / 2:
        print(f"'{text}' and '{other}' overlap at {x}, {y}")
