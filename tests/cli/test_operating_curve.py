#!/usr/bin/env python3
"""scripts/operating-curve over made-up arms: its table of gates that were measured, and of gates replayed from their blocks. Arguments: the program, a
scratch folder."""
import json
import os
import shutil
import subprocess
import sys

from checks import check, failed

pvt, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
here = os.path.dirname(os.path.abspath(__file__))
script = os.path.join(here, "..", "..", "scripts", "operating-curve")
columns = ",".join(c["name"] for c in json.loads(subprocess.run([pvt, "list", "columns", "--json"], capture_output=True, check=True).stdout))
shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)


def arm(factor):
    return " ".join(["python3", "-S", "-E", os.path.join(here, "made_arm.py"), str(factor), f"columns={columns}", f"log={scratch}/log"])


def curve(*options):
    said = subprocess.run([script, "--pvt", pvt, "--base", arm(1), "--out", os.path.join(scratch, "out"), *options], capture_output=True, text=True, check=False)
    return said.returncode, [[cell.strip() for cell in line.split("|")[1:-1]] for line in said.stdout.splitlines() if line.startswith("| ")], said.stderr


options = ["--head", f"8%={arm(1.08)}", "--gates", "9", "--repetitions", "2"]
code, table, said = curve(*options, "--replay", "30", "--slowdowns", "0,1%,8%", "--case", "*sort*")
check(f"it ends well: {code} {said}", code == 0 and len(table) == 6)
check(f"measured, none and all are red: {table}", [row[:4] for row in table[1:3]] == [["0 %", "measured", "9", "0"], ["8 %", "measured", "9", "9"]])
check(f"replayed, the same: {table}", [(row[0], *row[2:5]) for row in table[3:]] == [("0 %", "30", "0", "0"), ("1 %", "30", "0", "0"), ("8 %", "30", "30", "0")])
count = int(table[3][1].split()[1])
with open(os.path.join(scratch, "log"), encoding="utf-8") as file:
    lines = len(file.readlines())
code, again, said = curve(*options)
with open(os.path.join(scratch, "log"), encoding="utf-8") as file:
    check("what is on disk is not measured again", code == 0 and again[1:] == table[1:3] and len(file.readlines()) == lines)
check(f"all blocks of stage 1 are drawn from: {count}", 60 <= count <= 180)
for options, words in ((["--replay", "5", "--gates", "1"], "a replay draws 60"), (["--gates", "9", "--replay", "5", "--case", "nothing"], "no case is 'nothing'"),
                       (["--head", "fast"], "is not SHARE=COMMAND"), (["--margin", "2"], "is not a share"), (["--slowdowns", "much"], "is not a list of shares")):
    code, table, said = curve(*options)
    check(f"{options}: {code} {said}", code in (1, 2) and words in said)
sys.exit(bool(failed))
