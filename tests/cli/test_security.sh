#!/usr/bin/env bash
# What pvt does with the text and the files of others: nothing of it is executed, followed, or printed raw.
# Arguments: the program, a scratch folder, the source folder.
set -u
pvt=$1 scratch=$2 src=$3 failed=0
rm -rf "$scratch" && mkdir -p "$scratch" && cd "$scratch" || exit 2
fail() { echo "FAILED: $*"; failed=1; }

# expect CODE TEXT COMMAND…: the command ends with CODE, and its output has TEXT.
expect() {
  local code=$1 text=$2; shift 2
  "$@" >out.txt 2>&1 </dev/null; local got=$?
  [ $got -eq "$code" ] && grep -qF -- "$text" out.txt && return
  fail "$* -> $got, wanted $code and '$text'; got:"; head -5 out.txt | cat -v
}
small=(--kernel cube --suite scaling --size 100 --repetitions 1 --invocations 1 --min-time 1ms)

# --- the program itself
readelf -hlWd "$pvt" >elf.txt
grep -q 'Type: *DYN' elf.txt && grep -q GNU_RELRO elf.txt && grep -q BIND_NOW elf.txt || fail "no PIE, RELRO or BIND_NOW"
grep -q 'GNU_STACK.* RW ' elf.txt || fail "the stack is executable"
readelf -sW "$pvt" | grep -q __stack_chk_fail || fail "no stack protector"

# --- names that a shell, gnuplot, a terminal or markup would take for more
for name in '<touch done;' '|touch done;cat >' '$(touch done)' '`touch done`' "a'b\"c%s;touch done" $'two\nlines' '--all' '{/=40 x}_y^z' '<script>|x'; do
  expect 0 "the report is in" "$pvt" run "${small[@]}" --runner seq,pthread,fork --out "./$name"
  expect 0 "the report is in" bash -c 'cd "./$1" && shift && exec "$@"' x "$name" "$pvt" report .
  [ "$name" = --all ] || expect 0 "" "$pvt" run "${small[@]}" --runner seq --out "$name/in"
  expect 0 "" "$pvt" run "${small[@]}" --runner seq --csv "./$name.csv"
  expect 2 "" "$pvt" run --kernel wordcount --input "./$name.txt"
  expect 2 "" "$pvt" list --plugin "./$name.so"
done
find . -name done | grep -q . && fail "a name was executed: $(find . -name done)"

# --- a samples.csv that others made: texts go into tables, plots and pages as text
"$pvt" run "${small[@]}" --out good >/dev/null 2>&1
hostile() { # hostile COLUMN,… TEXT: every row has this text
  rm -rf made && mkdir made && python3 - good/samples.csv made/samples.csv "$1" "$2" <<'PY'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
with open(sys.argv[2], "w", newline="") as out:
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    for row in rows:
        row.update(dict.fromkeys(sys.argv[3].split(","), sys.argv[4]))
        writer.writerow(row)
PY
}
for text in '<script>alert(1)</script>' '| a | b |' '`touch done`' '"; system("touch done"); "' '$(touch done)' '@x{/=50 big}_{a}^{b}' "%s%n'" '&amp;<![CDATA[' 'a,b"c'; do
  for column in kernel,work_unit,placement,schedule suite,runner,status; do
    hostile $column "$text"
    "$pvt" report made >log.txt 2>&1
    [ $? -le 2 ] || fail "$column '$text': report crashed: $(cat log.txt)"
    cat made/RESULTS.md made/TABLES.md 2>/dev/null | grep -q '[^\\]<script>' && fail "$column '$text' is markup in RESULTS.md or TABLES.md"
    python3 -c 'import glob, xml.etree.ElementTree as t; [t.parse(f) for f in glob.glob("made/plots/*.svg")]' 2>svg.txt || fail "$column '$text': $(tail -1 svg.txt)"
  done
done
[ -z "$(find . -name done)" ] || fail "a text was executed: $(find . -name done)"
for text in $'a\nb' $'\u009b2J' $'\e[2J' $'\x7f'; do
  hostile kernel "$text"
  expect 2 "made/samples.csv:2:4: a control character" "$pvt" report made
done

hostile wall_ns $'\e[2J'
expect 2 "a control character, or not UTF-8" "$pvt" report made
ls made/plots >/dev/null 2>&1 && fail "a refused file has plots"
hostile placement,schedule 'a,b"c'
"$pvt" report made >log.txt 2>&1
python3 -c 'import csv; r = list(csv.DictReader(open("made/summary.csv", newline=""))); assert r and all(x["placement"] == "a,b\"c" and None not in x for x in r)' ||
  fail "summary.csv: placement and schedule are not quoted"
hostile status '*<b>|'
"$pvt" report made >log.txt 2>&1
grep -qF '<b>' made/TABLES.md && fail "a status is markup: $(grep -F '<b>' made/TABLES.md)"
hostile suite scaling
cat >made/env.json <<'JSON'
{"command": ["pvt", "run", "a\n```\n<script>alert(1)</script>"], "seed": "<script>",
 "doctor": [{"name": "a\n\n<script>", "state": "s", "value": "[v](javascript:x)", "why": "w", "mend": "m"}]}
JSON
"$pvt" report made >log.txt 2>&1
grep -qxF '```' made/TABLES.md && fail "the command ends its block"
grep -vF "\`\`\`" made/TABLES.md | grep -F '<script>' | grep -vF 'pvt run' | grep -v '\\<script' && fail "env.json is markup in TABLES.md"
grep -F '](javascript' made/TABLES.md | grep -vF '&#91;' && fail "env.json makes a link in TABLES.md"

# --- links that somebody planted where pvt writes: replaced or refused, never followed
echo precious >precious
mkdir planted && ln -s ../precious planted/samples.csv
expect 2 "holds the samples of another run" "$pvt" run "${small[@]}" --out planted
rm -rf planted && mkdir -p planted/plots
for name in RESULTS.md TABLES.md report.html summary.csv ratios.csv env.json; do ln -s ../precious planted/$name; done
for plot in speedup ratio creation spread; do for end in svg png; do ln -s ../../precious planted/plots/$plot.$end; done; done
expect 0 "the report is in" "$pvt" run "${small[@]}" --out planted
[ -z "$(find planted -type l)" ] || fail "still links: $(find planted -type l)"
[ -z "$(find planted -name '.*' -mindepth 1)" ] || fail "left behind: $(find planted -name '.*' -mindepth 1)"
rm -rf planted && mkdir -p planted elsewhere && ln -s ../elsewhere planted/plots
expect 2 "'planted/plots' is not a folder (links are not followed)" "$pvt" run "${small[@]}" --out planted
[ -z "$(ls elsewhere)" ] || fail "wrote into a linked folder"
[ "$(cat precious)" = precious ] || fail "wrote through a link"
(umask 077 && "$pvt" report good >/dev/null 2>&1)
[ "$(stat -c %a good/RESULTS.md good/summary.csv | sort -u)" = 600 ] || fail "the umask is not kept"
(umask 022 && "$pvt" report good >/dev/null 2>&1)
[ "$(stat -c %a good/RESULTS.md good/summary.csv | sort -u)" = 644 ] || fail "results cannot be read by others"

# --- plug-ins: what they say of themselves reaches the terminal harmless
kernel() { # kernel HELP FILE
  printf '#include "kernels/kernel.h"\nstatic uint64_t run(struct context *c, uint64_t b, uint64_t e) { (void)c; return e - b; }\n%s\n' \
    "static const struct kernel k = {.abi = KERNEL_ABI, .name = \"odd\", .help = \"$1\", .item = \"i\", .run = run};
    const struct kernel *const pvt_kernels[] = {&k, NULL};" >odd.c
  cc -std=gnu17 -shared -fPIC -I"$src" -o "$2" odd.c || fail "the plug-in does not compile"
}
kernel '\033[2J' clear.so
expect 2 "has control characters or is not UTF-8" "$pvt" list --plugin ./clear.so
kernel '\377' latin.so
expect 2 "has control characters or is not UTF-8" "$pvt" list --plugin ./latin.so
kernel plain $'esc\e[2J\xff.so'
expect 0 'esc\x1b[2J\xff.so' "$pvt" list --plugin $'./esc\e[2J\xff.so'
expect 0 '"name": "odd"' "$pvt" list --json --plugin $'./esc\e[2J\xff.so'

# --- code of others is not loaded
cp plain.so open.so 2>/dev/null || cp ./esc*.so open.so
chmod o+w open.so
expect 2 "anyone may write to it" "$pvt" list --plugin ./open.so
mkdir -p everyones && cp open.so everyones/odd.so && chmod 644 everyones/odd.so && chmod 1777 everyones
PVT_PLUGIN_PATH=$PWD/everyones expect 2 "PVT_PLUGIN_PATH: '$PWD/everyones': anyone may write to it" "$pvt" list
chmod 755 everyones
PVT_PLUGIN_PATH=$PWD/everyones expect 0 "odd" "$pvt" list
if [ "$(id -u)" -eq 0 ]; then
  cp -r good foreign && chown -R 54321 foreign
  expect 2 "is of user 54321" "$pvt" run --resume foreign
  mkdir -m 1777 shared && echo precious >mine && ln -s ../mine shared/out.csv && ln -s ../elsewhere shared/run && chown -h 54321 shared/*
  expect 2 "another user's link" "$pvt" run "${small[@]}" --runner seq --csv shared/out.csv
  expect 2 "another user's link" "$pvt" run "${small[@]}" --runner seq --out shared/run/
  [ "$(cat mine)" = precious ] && [ -z "$(ls elsewhere)" ] || fail "wrote through another user's link"
fi
ln -s mine-too own.csv
expect 0 "" "$pvt" run "${small[@]}" --runner seq --csv own.csv
[ -s mine-too ] || fail "one's own link is not followed"

# --- what is not shown but obeyed reaches neither the terminal nor a plot
for name in $'\e[2J' $'\u202egnp'; do
  for command in "run --kernel cube --csv /no/" report "place --topology" "run ${small[*]} --runner seq --out"; do
    # shellcheck disable=SC2086
    "$pvt" $command "$name" >out.txt 2>&1 </dev/null
    grep -qaF -- "$name" out.txt && fail "raw in what $command says: $(cat -v out.txt)"
  done
done
sed -i 's/"cpu": "/&\\u001b[2J/' good/env.json
expect 0 "the report is in" "$pvt" report good
cat good/RESULTS.md good/TABLES.md | grep -q $'\e' && fail "a control character of env.json in RESULTS.md or TABLES.md"
for svg in good/plots/*.svg; do python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$svg" 2>svg.txt || fail "$svg: $(tail -1 svg.txt)"; done
if [ "$(id -u)" -eq 0 ]; then # the default folder, too, and --benchmark_out
  mkdir -m 1777 open && ln -s ../elsewhere open/results && ln -s ../precious open/b.json && chown -h 54321 open/*
  (cd open && expect 2 "another user's link is in the way" "$pvt" run "${small[@]}" --runner seq; exit $failed) || failed=1
  expect 2 "cannot be written" "$pvt" run "${small[@]}" --runner seq --csv y.csv --benchmark_out=open/b.json
  [ "$(cat precious)" = precious ] && [ -z "$(ls elsewhere)" ] || fail "wrote through another user's link"
fi

# --- no rights but the user's
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null && there=$(mktemp -d /tmp/pvt-security.XXXXXX); then
  chmod 755 "$there" && cp "$pvt" "$there/pvt" && chmod 4755 "$there/pvt"
  expect 2 "it needs no privilege" setpriv --reuid=54321 --clear-groups "$there/pvt" --version
  rm -rf "$there"
fi
exit $failed
