#!/usr/bin/env bash
# The command line as a user and a script see it: outputs, exit codes, refusals, the run folder, interruption.
# Arguments: the program, a scratch folder, the source folder.
set -u
pvt=$1 scratch=$2 src=$3
rm -rf "$scratch" && mkdir -p "$scratch" && cd "$scratch" || exit 2
failed=0 passed=0

# expect CODE TEXT COMMAND…: the command ends with CODE, and its output has TEXT.
expect() {
  local code=$1 text=$2; shift 2
  "$@" >out.txt 2>&1 </dev/null; local got=$?
  if [ $got -ne "$code" ] || ! grep -qF -- "$text" out.txt; then
    echo "FAILED: $* -> $got, wanted $code and '$text'; got:"; head -5 out.txt; failed=$((failed + 1))
  else passed=$((passed + 1)); fi
}
check() { # check WHAT COMMAND…
  local what=$1; shift
  if "$@"; then passed=$((passed + 1)); else echo "FAILED: $what"; failed=$((failed + 1)); fi
}

# --- the doctor
expect 0 "virtualisation" "$pvt" doctor
expect 0 '"name": "clock source"' "$pvt" doctor --json
expect 2 "--xml is not an option" "$pvt" doctor --xml
expect 0 "low      open files      open files: 70" bash -c "ulimit -n 70; '$pvt' doctor"
expect 0 "ulimit -Hn 8192" bash -c "ulimit -n 70; '$pvt' doctor"

fast=(--size small --repetitions 2 --invocations 2 --min-time 1ms)
expect 0 "" bash -c "ulimit -n 300; '$pvt' run --kernel cube --runner seq ${fast[*]} --out few"
check "TABLES.md says what the doctor found" grep -qF -- '- **open files** (low): open files: 300. Why it' few/TABLES.md
check "env.json too" grep -qF '"name": "open files"' few/env.json

# --- refusals name the flag and the word
expect 2 "there is no command 'rnu'" "$pvt" rnu
expect 2 "--kernel: there is no kernel 'matmull'" "$pvt" run --kernel matmull
expect 2 "--runner: there is no runner 'threads'" "$pvt" run --runner threads
expect 2 "--suite: there is no suite 'x'" "$pvt" run --suite x
expect 2 "--workers: '0' is neither" "$pvt" run --workers 0
expect 2 "--workers: '-3' is neither" "$pvt" run --workers=-3
expect 2 "--workers: '99999' is neither" "$pvt" run --workers 99999
expect 2 "--size: 'huge' is neither" "$pvt" run --size huge
expect 2 "--size: '1.5M' is neither" "$pvt" run --size 1.5M
expect 2 "--budget: '180' is not a time" "$pvt" run --budget 180
expect 2 "--precision: '2' is not a share" "$pvt" run --precision 2
expect 2 "--schedule: 'fair' is not one of" "$pvt" run --schedule fair
expect 2 "--placement: 'near' is not one of" "$pvt" run --placement near
expect 2 "--repetitions: 'many' is not a whole number" "$pvt" run --repetitions many
expect 2 "--frobnicate is not an option" "$pvt" run --frobnicate
expect 2 "--runner: 'fork-steal' has no case" "$pvt" run --runner fork-steal,fork --suite scaling --dry-run
expect 2 "needs a value" "$pvt" run --kernel
expect 2 "unexpected argument 'matmul'" "$pvt" run matmul
expect 2 "no case is left" "$pvt" run --benchmark_filter=nothing-like-this
expect 2 "is not a POSIX extended regular expression" "$pvt" run --benchmark_filter='('
expect 2 "only json is written" "$pvt" run --kernel cube --benchmark_out_format=csv
expect 2 "unrecognized command-line flag" "$pvt" run --kernel cube --benchmark_frobnicate=1
expect 2 "needs " "$pvt" run --kernel triad --size 900G
expect 2 "needs " "$pvt" run --kernel matmul --size 10000000000
expect 2 "name the kernel that reads it" "$pvt" run --input /dev/null
expect 2 "holds the samples of another run" bash -c "mkdir -p old && touch old/samples.csv && '$pvt' run --kernel cube --out old"
expect 2 "Not a directory" "$pvt" run --kernel cube --out /dev/null/x
expect 2 "cannot be written" "$pvt" run --kernel cube --csv nowhere/x.csv
expect 2 "is neither an .xml file nor a synthetic description" "$pvt" place --topology 'pack:two'
expect 2 "--policy: 'near'" "$pvt" place --policy near
expect 2 "there is no help on 'x'" "$pvt" help x
expect 2 "nosuch/samples.csv: No such file" "$pvt" report nosuch

# --- inputs that are none
: >empty; mkdir -p folder; printf 'GIF89a' >picture.gif
expect 2 "empty" "$pvt" run --kernel sobel --input empty
expect 2 "empty" "$pvt" run --kernel wordcount --input empty
expect 2 "picture.gif" "$pvt" run --kernel sobel --input picture.gif
expect 2 "folder" "$pvt" run --kernel wordcount --input folder
expect 2 "missing.txt" "$pvt" run --kernel wordcount --input missing.txt
printf 'P5 2000000000 2000000000 255\n' >vast.pgm
expect 2 "vast.pgm" "$pvt" run --kernel sobel --input vast.pgm

# --- what it can do
expect 0 "matmul" "$pvt" list kernels
expect 0 '"name": "fork-pool"' "$pvt" list runners --json
expect 0 "scaling/cube/" "$pvt" list cases --kernel cube
expect 0 "rank,pu,core,package,numa,kind" "$pvt" place --workers 4 --policy smt --topology 'pack:2 numa:2 core:8 pu:2'
expect 0 "3,3,1,0,0,0" "$pvt" place --workers 4 --policy smt --topology 'pack:2 numa:2 core:8 pu:2'
expect 0 "oversubscribed" "$pvt" place --workers 3 --topology 'core:2 pu:1'
expect 0 "pvt " "$pvt" --version
expect 0 "scaling/matmul/64/fork/workers:3" "$pvt" run --dry-run --kernel matmul --size 64 --runner fork --workers 3
expect 0 ",none,guided,4," "$pvt" run --kernel primes --size 1000 --suite scaling --runner fork --schedule guided --chunk 4 --placement none --workers 1 \
  --repetitions 1 --csv -
for schedule in static dynamic guided; do # all at once
  expect 0 "the report is in" timeout 60 "$pvt" run --kernel cube --size 100 --runner pthread,fork,pthread-pool,pthread-steal --workers 2 \
    --schedule $schedule --chunk 4294967295 --out "chunks-$schedule" "${fast[@]}"
done

# --- who measures the life of a worker pins nobody, unless told to
placed() { "$pvt" run --dry-run --suite lifecycle "$@" | grep -c "/placement:$placement"; }
all=$("$pvt" run --dry-run --suite lifecycle | grep -c '^lifecycle/')
check "the suite lifecycle has cases" test "$all" -ge 30
check "lifecycle: nobody is pinned" test "$(placement=none placed)" -eq "$all"
check "lifecycle: --placement goes first" test "$(placement=scatter placed --placement scatter)" -eq "$all"
check "what a page costs: mapped, copied, the parent's, fresh" bash -c "
  [ \$('$pvt' run --dry-run --suite lifecycle --kernel copy,copy-parent,fresh | grep -cE '/(copy/4096/(pthread|fork)|copy-parent/4096/pthread|fresh/4096/(pthread|fork))/workers:1/') = 8 ]"

# --- a run leaves its folder, and latest points to it
expect 0 "the report is in" "$pvt" run --suite scaling --kernel cube,primes --workers 1,2 --seed 5 "${fast[@]}"
for f in samples.csv env.json summary.csv ratios.csv RESULTS.md plots/speedup.svg plots/ratio.png; do
  check "results/latest/$f" test -s "results/latest/$f"
done
check "2 invocations" test "$(tail -n +2 results/latest/samples.csv | cut -d, -f1 | sort -u | wc -l)" -eq 2
check "26 cases x 2 samples" test "$(tail -n +2 results/latest/samples.csv | wc -l)" -eq 52
check "every sample is ok" test "$(tail -n +2 results/latest/samples.csv | cut -d, -f13 | sort -u)" = ok
check "two seeds, two orders" bash -c '
  for s in 5 5 6; do '"'$pvt'"' run --kernel cube --size 10 --repetitions 1 --seed $s --csv - 2>/dev/null | cut -d, -f6,7 | md5sum; done >orders
  [ "$(sed -n 1p orders)" = "$(sed -n 2p orders)" ] && [ "$(sed -n 1p orders)" != "$(sed -n 3p orders)" ]'

# --- a report can be made again, from samples.csv alone
mkdir -p again && cp results/latest/samples.csv again/
expect 0 "the report is in again/RESULTS.md" "$pvt" report again
check "the same tables" cmp -s again/summary.csv results/latest/summary.csv
for bytes in 2 5 20 100; do # wherever it is cut
  head -c -$bytes results/latest/samples.csv >again/samples.csv
  expect 2 "the last line is cut" "$pvt" report again
done

# --- samples of an older pvt, which did not know the counters
mkdir -p older && cut -d, -f1-33 "$src/docs/example/samples.csv" | sed 's/\r*$/\r/' >older/samples.csv
expect 0 "the report is in older/RESULTS.md" "$pvt" report older

# --- columns: every one filled by a run with each runner
"$pvt" run --kernel kmeans --size small --workers 2 --repetitions 1 --csv columns.csv >/dev/null 2>&1
check "no column is empty but flags, and counters that the doctor misses" python3 "$src/tests/cli/check_columns.py" columns.csv "$pvt"
"$pvt" run --suite pool --kernel primes --size small --workers 2 --repetitions 1 --csv pool.csv >/dev/null 2>&1
check "nor in the suite pool" python3 "$src/tests/cli/check_columns.py" pool.csv "$pvt"
"$pvt" run --suite isolation --workers 3 --repetitions 1 --invocations 1 --csv crashes.csv >/dev/null 2>&1
check "of a crash processes survive, threads do not" python3 "$src/tests/cli/check_recovery.py" crashes.csv
"$pvt" run --suite isolation --kernel crash-kill --runner fork --schedule static --repetitions 1 --csv static.csv >/dev/null 2>&1
check "a crash under a static schedule is skipped, and says why" grep -q 'skipped,.*scheduled dynamically, one by one' static.csv

# --- numbers keep their point, whatever the locale
LC_ALL=de_DE.UTF-8 "$pvt" run --kernel primes --size 10000 --runner pthread --workers 2 --repetitions 1 --csv german.csv >/dev/null 2>&1
check "the imbalance in german.csv has a point, and no field was split" awk -F, 'NR == 1 { n = NF } NR == 2 { exit !($23 ~ /^[12]\.[0-9]+$/ && NF == n) }' german.csv

# --- the end of a run is one screen: the claim that one kernel can judge, one line for all others, no case, no colour
expect 0 "" "$pvt" run --kernel cube --size 1000 --runner seq,pthread,fork --workers 2 --repetitions 1 --invocations 3 --out screen
check "the one claim" grep -qE "^(holds|does not hold|depends|no difference|cannot tell here) +processes compute faster +[0-9.]+ [[(]" out.txt
check "the others are one line" [ "$(grep -c "^Not measured in this run: scaling-further, " out.txt)" = 1 ]
check "no case" [ "$(grep -c "^cube/1000/" out.txt)" = 0 ]
expect 0 "" "$pvt" report screen
check "24 lines of 80 columns of plain ASCII" awk 'BEGIN { most = 23 } length > 80 || /[^ -~]/ { exit bad = 1 } END { exit bad || NR > most }' out.txt
check "the claims as a table" [ "$(grep -c '"not measured"' screen/claims.csv)" = "$(($(wc -l <screen/claims.csv) - 2))" ]
expect 0 "cube/1000/pthread/workers:2" "$pvt" report --verbose screen

# --- oversubscription only by number, and flagged; none is unpinned
"$pvt" run --kernel cube --size 100 --runner fork --workers 64 --repetitions 1 --csv many.csv >/dev/null 2>&1
check "flag oversubscribed" grep -q "oversubscribed" many.csv
"$pvt" run --kernel cube --size 100 --runner fork --workers 1 --placement none --repetitions 1 --csv none.csv >/dev/null 2>&1
check "flag unpinned" grep -q "unpinned" none.csv

# --- names that a shell or a plot could trip over
odd="a 'b\" ; %s \$(x)"
expect 0 "the report is in" "$pvt" run --kernel cube --size 100 --out "$odd" "${fast[@]}"
check "odd folder has plots" test -s "$odd/plots/speedup.png"

# --- Ctrl-C: 130, whole rows, no worker left
set -m # or the shell starts it with SIGINT ignored
"$pvt" run --kernel spin,wait --size large --runner fork,fork-pool,spawn --workers 2 --budget 60s --out stopped >/dev/null 2>stopped.txt &
pid=$!
set +m
for _ in $(seq 100); do [ "$(cat stopped/samples.csv 2>/dev/null | wc -l)" -ge 4 ] && break; sleep 0.1; done
kill -INT $pid; wait $pid
check "exit 130" test $? -eq 130
check "it says where the samples are" grep -q "interrupted; all .* finished samples are in stopped/samples.csv" stopped.txt
check "rows are whole" "$pvt" report stopped >/dev/null 2>&1
# Of this run: another test's workers may be on the machine. Whatever it launched works in this folder.
here() { for exe in /proc/[0-9]*/exe; do [ "$exe" -ef "$pvt" ] && [ "${exe%exe}cwd" -ef . ] && echo "$exe"; done; }
check "no worker left" test -z "$(here)"

# --- resume: a run that ended is reported again; other options, another machine, a cut row, no run (see test_signals for the rest)
"$pvt" run --kernel cube --size 100 --out broken "${fast[@]}" >/dev/null 2>&1
expect 0 "the report is in" "$pvt" run --resume broken
unended() { # unended EDIT: env.json of a run that was broken off
  python3 -c "import json, sys; e = json.load(open('broken/env.json')); e.pop('ended', 0); $1; json.dump(e, open('broken/env.json', 'w'))"
}
unended pass; rows=$(wc -l <broken/samples.csv)
printf '18a,3,sca' >>broken/samples.csv
expect 0 "the last row was not finished: it is cut off" "$pvt" run --resume broken
check "no row was lost, none was added" test "$(wc -l <broken/samples.csv)" -eq "$rows"
expect 2 "give the run folder and nothing else" "$pvt" run --resume broken --quick
expect 2 "give the run folder and nothing else" "$pvt" run --resume
expect 2 "'nowhere': No such file" "$pvt" run --resume nowhere
expect 2 "env.json' cannot be read" "$pvt" run --resume folder
expect 2 "--resume is an option of \`pvt run\` alone" "$pvt" list cases --resume broken
mkdir $'latin\xff' # a folder that JSON cannot name: to go back to another one would be worse than not to go on
(cd $'latin\xff' && "$pvt" run --kernel cube --size 100 --suite scaling --out ../latin "${fast[@]}" >/dev/null 2>&1)
python3 -c "import json; e = json.load(open('latin/env.json')); e.pop('ended', 0); json.dump(e, open('latin/env.json', 'w'))"
expect 2 "does not hold the command, the seed and the folder" "$pvt" run --resume latin
unended "e['machine']['pus'] = 999"
expect 2 "do not belong together: machine, pus: then '999'" "$pvt" run --resume broken

# --- a held worker waits for a debugger once, then the run goes on
timeout 60 "$pvt" run --kernel cube --size 100 --runner fork --workers 2 --repetitions 2 --hold 1 --csv held.csv >held.txt 2>&1 &
pid=$!
for _ in $(seq 100); do grep -q "holds: attach with" held.txt && break; sleep 0.1; done
held=$(sed -n 's/.*gdb -p \([0-9]*\)`.*/\1/p' held.txt)
for _ in $(seq 100); do kill -CONT "$held" 2>/dev/null || break; sleep 0.05; done # it may not have stopped yet
wait $pid
check "the held run goes on and ends" test $? -eq 0
check "both samples are there" test "$(wc -l <held.csv)" -eq 3

# --- a pause before each job: taken, and in no job's time
expect 0 "" "$pvt" run --suite idle --size 20000000 --runner pthread-pool,fork-pool --workers 2 --repetitions 2 --invocations 1 --csv paused.csv
cat >paused.py <<'END'
import csv
for row in csv.DictReader(open("paused.csv")):
    jobs, pause, wall, took = int(row["iterations"]), int(row["size"]), float(row["wall_ns"]), float(row["took_ns"])
    assert row["status"] == "ok" and pause == 20000000 and float(row["waiting_share"]) > 0, row
    assert took >= jobs * (pause + wall), (took, jobs, pause, wall)
END
check "each job comes after its pause" python3 paused.py

# --- OpenMP: there only when named; in a process of its own, where the environment cannot unpin it
check "openmp is no default" bash -c "'$pvt' run --dry-run >plan.txt && ! grep -q openmp plan.txt"
check "the program knows no OpenMP" bash -c "! ldd '$pvt' | grep -qE 'gomp|libomp'"
column() { python3 -c 'import csv, sys; print("|".join(row[sys.argv[2]] for row in csv.DictReader(open(sys.argv[1]))))' "$@"; }
openmp=(run --suite scaling --runner openmp,pthread --kernel cube --size 1000 --workers 2 --repetitions 1 --invocations 1 --min-time 1ms --seed 1)
if "$pvt" list runners --json | tr -d '\n' | grep -q '"name": "openmp"[^}]*"missing": null'; then
  check "openmp is in the suites that have it" test "$("$pvt" run --dry-run --runner openmp | grep -oE '[a-z]+/[a-z-]+/[0-9]+/openmp' | cut -d/ -f1 | sort -u | xargs)" = "granularity idle scaling"
  expect 0 "" env OMP_PROC_BIND=true OMP_PLACES='{0}' GOMP_CPU_AFFINITY=0 OMP_THREAD_LIMIT=1 OMP_NUM_THREADS=1 "$pvt" "${openmp[@]}" --no-isolate --csv openmp.csv
  check "both are ok: $(column openmp.csv why)" test "$(column openmp.csv status)" = "ok|ok"
  check "both are pinned alike: $(column openmp.csv cpus)" test "$(column openmp.csv cpus | cut -d'|' -f1)" = "$(column openmp.csv cpus | cut -d'|' -f2)"
  check "of OpenMP's threads nobody is unpinned: $(column openmp.csv flags)" test "$(column openmp.csv flags | grep -c unpinned)" = 0
  mkdir -p alone && cp "$pvt" "$(dirname "$pvt")"/pvt-cell* alone
  expect 0 "skipped: OpenMP's runtime cannot be loaded; install libgomp1" alone/pvt "${openmp[@]}" --csv alone.csv
  check "the other one is measured" test "$(column alone.csv status | tr '|' '\n' | sort | xargs)" = "ok skipped"
else
  expect 0 "skipped: this pvt was built without OpenMP" "$pvt" "${openmp[@]}" --csv openmp.csv
fi

# --- without gnuplot the samples and RESULTS.md are there, and the reason is named
mkdir -p bin; for t in bash; do ln -sf "$(command -v $t)" bin/; done
expect 2 "there is no gnuplot" env PATH="$PWD/bin" "$pvt" run --kernel cube --size 100 --out plain "${fast[@]}"
check "RESULTS.md all the same" test -s plain/RESULTS.md

# --- a full disk is told, and what was written stays whole
expect 2 "No space left on device" "$pvt" run --kernel cube --size 100 --repetitions 1 --csv /dev/full

# --- Google Benchmark's JSON, read by its own compare.py where it is installed
expect 0 "" "$pvt" run --kernel cube --size 1000 --runner seq,pthread,fork --workers 1 --repetitions 3 --benchmark_out=a.json --out json --verbose
# Google Benchmark's JSON is of one invocation, and one invocation has no interval.
check "no interval from one invocation" grep -q "[0-9] [µmn]*s *–" out.txt
check "no claim from one invocation" grep -q "no difference was shown: one invocation, so no interval" json/RESULTS.md
check "JSON" python3 "$src/tests/cli/check_json.py" a.json

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
