#!/usr/bin/env bash
# Renders every figure over synthetic tables and looks into what came out.
# test_plots.sh SOURCE_DIR SCRATCH_DIR; exit 0 all well, 1 a figure failed (named), 77 no gnuplot.
set -u
export LC_ALL=C.UTF-8
source_dir=$(cd "$1" && pwd) || exit 2
mkdir -p "$2" && scratch=$(cd "$2" && pwd) || exit 2
tests=$source_dir/tests/plots
command -v gnuplot >/dev/null || { echo "skipped: no gnuplot"; exit 77; }
python3 "$tests/make_tables.py" "$scratch/data" || exit 1

title='50 % <faster> & {/Bold x} a_b "quoted" $z$ \n: a finding that is long enough to need a second line, and then a bit more'
caption='SYNTHETIC, not measured: no_machine & 5 runs'
curves='lifecycle lives firstwork memory idle bystander mapping tables serve latency effort bandwidth grain'
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# draw FIGURE SET [ARGUMENT]: leaves OUT/SET-FIGURE.{svg,png}, and a fault where gnuplot had anything to say.
draw() {
	local figure=$1 set=$2 table=summary
	[ "$figure" = ratio ] && table=ratios
	case " scale weak messages " in *" $figure "*) table=scale ;; esac
	case " $curves channels " in *" $figure "*) table=curves ;; esac
	[ "$figure" = machines ] && table=contrasts
	if ! gnuplot -c "$source_dir/plots/$figure.gp" "$scratch/data/$set/$table.csv" "$scratch/out dir/$set-$figure" \
		"$title" "$caption" "${@:3}" 2>"$scratch/stderr" >"$scratch/stdout"; then
		fail "$figure over $set: $(tr '\n' ' ' <"$scratch/stderr")"
	elif [ -s "$scratch/stderr" ] || [ -s "$scratch/stdout" ]; then
		fail "$figure over $set says: $(head -c 300 "$scratch/stderr" "$scratch/stdout")"
	fi
}

# shows FIGURE SET TEXT...: looked at together, by `look`
shows() {
	local text
	printf '%s' "$scratch/out dir/$2-$1"
	for text in '<faster>' '{/Bold x} a_b "quoted" $z$ \n' 'SYNTHETIC, not measured: no_machine & 5 runs' "${@:3}"; do
		printf '\t%s' "$text"
	done
	echo
} >>"$scratch/shown"
look() {
	python3 "$tests/check_figure.py" <"$scratch/shown" || failures=$((failures + 1))
	: >"$scratch/shown"
}

# refuses TABLE WORDS FIGURE...: exit above 0, and the words on stderr.
refuses() {
	local figure
	for figure in "${@:3}"; do
		if gnuplot -c "$source_dir/plots/$figure.gp" "$1" "$scratch/out dir/none" t c >/dev/null 2>"$scratch/stderr"; then
			fail "$figure drew $1"
		fi
		grep -q "$2" "$scratch/stderr" || fail "$figure over $1 does not say '$2': $(tr '\n' ' ' <"$scratch/stderr")"
	done
}

rm -rf "$scratch/out dir"
mkdir -p "$scratch/out dir"
: >"$scratch/shown"
cd "$scratch" || exit 2         # not the source tree: the scripts find each other from anywhere

kernels=(spin square cube primes nqueens mandelbrot matmul kmeans sobel wordcount sort triad wait)
runners=(pthread fork spawn pthread-pool fork-pool)
pairs=(fork/pthread spawn/pthread fork-pool/pthread-pool)
sides=('← processes faster' 'threads faster →')

for set in two many tiny-jobs odd pair minimal seq-only; do
	for figure in speedup workers creation spread; do
		draw "$figure" "$set"
	done
done
for set in two many tiny-jobs odd pair; do
	draw ratio "$set"
done

for set in two many; do
	shows workers $set "${kernels[@]}" "${runners[@]}" ideal 'as fast as one core' workers 'processes ahead' 'threads ahead'
	shows speedup $set "${kernels[@]}" "${runners[@]}" 'ideal: ' 'span: the work alone' 'wall: with launch and exit' 'one core is faster'
	shows creation $set "${kernels[@]}" "${runners[@]}" seq 'overhead = work' µs ms
	shows spread $set "${kernels[@]}" "${runners[@]}" seq quiet
	shows ratio $set "${kernels[@]/%/, 1 worker}" "${kernels[@]/%/, 2 workers}" "${pairs[@]}" "${sides[@]}" span: wall:
done
shows workers many 128 extra6 'job: '
shows speedup many 'ideal: 128 workers'
for figure in speedup workers creation spread ratio; do
	shows $figure tiny-jobs spin nqueens
	shows $figure pair matmul
	[ $figure = ratio ] || shows $figure tiny-jobs 'cube, compact' 'cube, scatter'
done

# Machines of 128 and 1024 units.
for units in 128 1024; do
	for figure in speedup workers; do
		draw $figure units-$units scaling
		shows $figure units-$units "${kernels[@]}" $units
	done
done
order=$(python3 "$tests/panel_order.py" "$scratch/out dir/units-128-workers.svg")
[ "$order" = "${kernels[*]}" ] || fail "workers of 128 units: the panels are $order"

odd=('under_score_2' '100%_done %d' 'say "hi", you, 1M' 'say "hi", you, 4K' "<b>&amp;'it'</b>")
missing=('a^{b} $x$ \alpha\n' 'größe µ')
for figure in speedup workers; do
	shows $figure odd "${odd[@]}" "${missing[@]}" 'my_runner%s' openmp mpi 'without a valid sample' ×
done
shows creation odd "${odd[@]}" 'my_runner%s'
shows spread odd "${odd[@]}" "${missing[@]}" 'my_runner%s' ×
shows ratio odd 'under_score_2, 1 worker' '100%_done %d, 4 workers' "<b>&amp;'it'</b>, 2 workers" 'say "hi", you, 1 worker' \
	'without a ratio'
for figure in speedup workers creation spread; do
	shows $figure minimal matmul fork
	shows $figure seq-only matmul seq
done

for figure in $curves; do
	draw $figure two
	shows $figure two "$figure panel 0" "$figure panel 1" pthread fork 'stranger%s'
done
shows lifecycle two none '1 MiB'
shows memory two 'not shown: 1 at or below 0'
shows latency two 'latency panel 14'
shows grain two 'METG(50 %)' 'pthread 1 µs' 'fork 2 µs' 'half of the time is work'
for figure in scale weak messages; do
	draw $figure two
done
for figure in scale weak; do
	shows $figure two 'kmeans 1' 'kmeans 3' 'odd,_%d' pthread 'mpi, 2 hosts' 'mpi+pthread, 4 hosts' 'stranger%s' "model, not measured" ideal 'one machine ends here'
done
shows messages two 'mpi, one host' 'mpi, 2 hosts' 'pipe, one host' 'tcp, one host' '1 MiB'
draw recovery two isolation
shows recovery two crash-a crash-b pthread fork spawn fork-steal '0 left, 103 lost' '3 left, 1 lost' '× none'
draw machines two switch
shows machines two 'comparison 0' 'comparison 11' '◀ 1/100' '900× ▶' '0.50' '1.01' '← processes faster' 'pale: no difference shown'
draw channels two
shows channels two 'latency panel 14' 'bandwidth panel 2' pthread fork 'stranger%s' 'round trip of 10 B' 'more is better →'

look # before it is drawn anew

# One suite alone; a table with the line ends of RFC 4180; a script called by a relative path, in the C locale.
draw creation two lifecycle
shows creation two empty 'overhead = work'
grep -q matmul "$scratch/out dir/two-creation.svg" && fail "creation of one suite shows another"
mkdir -p data/crlf
sed 's/$/\r/' data/two/summary.csv >data/crlf/summary.csv
draw speedup crlf
cmp -s "out dir/two-speedup.svg" "out dir/crlf-speedup.svg" || fail "speedup differs with CRLF line ends"
(cd "$source_dir/plots" && LC_ALL=C gnuplot -c speedup.gp "$scratch/data/two/summary.csv" "$scratch/out dir/here-speedup" \
	"$title" "$caption") 2>&1 | grep -v 'convert degree sign' | grep . && fail "speedup.gp from its own folder, in the C locale"
cmp -s "out dir/two-speedup.svg" "out dir/here-speedup.svg" || fail "speedup differs when called from its own folder"

# What cannot be drawn is refused in words.
: >data/empty.csv
head -1 data/two/summary.csv >data/header.csv
head -c 5000 data/two/summary.csv >data/cut.csv
head -1 data/two/ratios.csv >data/header-ratios.csv
refuses data/none.csv 'nothing in it' speedup workers creation spread ratio channels machines
refuses data/empty.csv 'nothing in it' speedup workers creation spread ratio
refuses data/header.csv 'no row' speedup workers creation spread
refuses data/header-ratios.csv 'no row' ratio
refuses data/cut.csv 'fields of the header' speedup creation
head -1 data/two/scale.csv >data/header-scale.csv
refuses data/header-scale.csv 'no row' scale weak messages
refuses data/two/summary.csv 'needs the columns' scale weak messages
refuses data/two/ratios.csv 'needs the columns' speedup workers creation spread channels machines
refuses data/two/summary.csv 'needs the columns' ratio

look

[ $failures -eq 0 ] && echo "all figures well" || echo "$failures failures"
exit $((failures > 0))
