#!/usr/bin/env bash
# How the report has its plots drawn: several at once, but no more than there are units; a fault names its plot; an
# interrupt ends it. A script stands for gnuplot. Arguments: the program, the source folder, a scratch folder.
set -u
pvt=$1 source_dir=$2
rm -rf "$3" && mkdir -p "$3/bin" "$3/log" && cd "$3" || exit 2
failed=0
fail() { echo "FAILED: $*"; failed=1; }

cat >bin/gnuplot <<'END'
#!/usr/bin/env bash
# gnuplot -d -c SCRIPT TABLE OUT …; in the log: how many draw at once, and which table each was given.
[ "$1" = -d ] && shift # no settings of the user's
name=$(basename "$4")
echo "$name $3 $(grep -c . "$3")" >>"$LOG/tables"
touch "$LOG/drawing.$name"
find "$LOG" -name 'drawing.*' | wc -l >>"$LOG/at-once"
sleep "$PAUSE"
rm "$LOG/drawing.$name"
[ "$name" = "${FAULT:-}" ] && exit 1
touch "$4.svg" "$4.png"
END
chmod +x bin/gnuplot
export PATH=$PWD/bin:$PATH LOG=$PWD/log PAUSE=0.3
fresh() {
	rm -rf run log && mkdir run log && cp "$source_dir"/docs/example/{samples.csv,env.json} run/
}
most() { sort -n log/at-once | tail -1; }
no_leftover() {
	[ -z "$(find run -name '.plots*')" ] || fail "$1: the private folder is left"
	ls log/drawing.* >/dev/null 2>&1 && fail "$1: something still draws"
}

# One that fails: it is named, it alone, and the others are drawn.
fresh
FAULT=waiting "$pvt" report run 2>err
[ $? = 2 ] || fail "a plot that fails: exit $? and not 2"
grep -q "the plot 'waiting' could not be drawn" err || fail "a plot that fails is not named: $(cat err)"
[ "$(grep -c 'could not be drawn' err)" = 1 ] || fail "a plot that fails is not the only one named: $(cat err)"
[ -e run/plots/waiting.svg ] && fail "a plot that fails is there"
[ -e run/plots/speedup.png ] && [ -e run/plots/latency.svg ] || fail "a plot that fails takes others with it"
no_leftover "a plot that fails"
units=$(nproc)
[ "$(most)" -le "$units" ] || fail "$(most) plots are drawn at once on $units units"
[ "$units" = 1 ] || [ "$(most)" -gt 1 ] || fail "plots are drawn one by one on $units units"

# A figure of a suite is given that suite's rows.
rows=$(grep -c '^"waiting",' run/summary.csv)
grep -q "^waiting .plots.*/waiting.csv $((rows + 1))$" log/tables || fail "the waiting suite's figure reads: $(grep '^waiting' log/tables)"

# As many as are allowed, not as the machine has.
fresh
PAUSE=0.02 taskset -c "$(taskset -cp $$ | sed 's/.*[ ,-]//')" "$pvt" report run 2>err || fail "on one unit: $(cat err)"
[ "$(most)" = 1 ] || fail "$(most) plots are drawn at once on one unit"

# An interrupt: what is being drawn comes to its end, nothing is begun.
fresh
set -m # or the shell starts it with SIGINT ignored
PAUSE=1 "$pvt" report run 2>err &
pid=$!
set +m
for _ in $(seq 100); do [ -e log/at-once ] && break; sleep 0.1; done
kill -INT $pid; wait $pid
code=$?
[ $code = 130 ] || fail "interrupted: exit $code and not 130: $(cat err)"
grep -q 'interrupted' err || fail "interrupted: it does not say so: $(cat err)"
[ "$(grep -c . log/at-once)" -le $((2 * units)) ] || fail "interrupted: it goes on drawing"
no_leftover "interrupted"
exit $failed
