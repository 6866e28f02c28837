#!/usr/bin/env python3
"""The inputs that are too big to be kept: FOLDER/samples and FOLDER/margins. Argument: the folder."""
import os
import sys

folder = sys.argv[1]
kept = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "samples", "crlf")
with open(kept, newline="", encoding="ascii") as file:
    header, row = (line.removesuffix("\r\n") for line in file)
million = 1_000_000


def put(reader, name, text):
    os.makedirs(os.path.join(folder, reader), exist_ok=True)
    with open(os.path.join(folder, reader, name), "w", newline="", encoding="utf-8") as out:
        out.write(text)


def with_field(column, text):
    fields = row.split(",")
    fields[header.split(",").index(column)] = text
    return f"{header}\r\n{','.join(fields)}\r\n"


put("samples", "columns-million", header + "".join(f",c{i}" for i in range(million)) + "\r\n" + row + "," * million + "\r\n")
put("samples", "fields-million", f"{header}\r\n{row}{',' * million}\r\n")
put("samples", "rows-many", f"{header}\r\n" + f"{row}\r\n" * 20_000)
put("samples", "field-huge", with_field("kernel", "k" * 8 * million))
put("samples", "field-huge-unknown", f"{header},new\r\n{row},{'x' * 8 * million}\r\n")
put("samples", "field-1MiB", with_field("cpus", "1" * (1 << 20)))
put("samples", "field-1MiB-and-1", with_field("cpus", "1" * ((1 << 20) + 1)))
put("samples", "digits-million", with_field("span_ns", "1" * million))
put("samples", "zeros-million", with_field("span_ns", "0" * million + "1"))
put("samples", "seq-digits-million", with_field("seq", "9" * million))
put("samples", "quote-never-closed", with_field("kernel", '"' + f"{row}\r\n" * 20_000))
put("samples", "quotes-only", '"' * 3 * million)
put("samples", "nuls-only", "\0" * 3 * million)
put("samples", "lines-only", "\r\n" * million)
put("samples", "commas-only", "," * million)
put("margins", "line-huge", "s" * 8 * million)
put("margins", "blanks-huge", " " * 8 * million)
put("margins", "comment-huge", "#" * 8 * million)
put("margins", "lines-million", "\n" * million)
put("margins", "patterns-1024", "".join(f"scaling/{i} 5%\n" for i in range(1024)))
put("margins", "patterns-1025", "".join(f"scaling/{i} 5%\n" for i in range(1025)))
put("margins", "digits-huge", "scaling/* " + "1" * million + "%\n")
