# Processes over threads, one row per comparison. On several machines one mark per machine, joined by a line from the least to the
# largest; on one machine in the colour of who is faster, with the ratio at the right. Right of 1 threads are faster; a pale mark's
# interval includes 1, or is unknown. The scale fits most rows: what lies far outside stands at the edge with its number.
# gnuplot -c plots/machines.gp machines.csv OUTBASE TITLE CAPTION [SUITE]; with a suite, rows after the sixth are small.
here = ARG0[1:strlen(ARG0) - strlen("machines.gp")]
figure = "machines"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; suite = ARG5
load here."style.gp"
needed = "what machine ratio low high"
load here."table.gp"

# Machines are no runners, so neither blue nor orange: dark and light, each with a mark of its own.
array look_rgb[8] = [0x111111, 0x8C8C00, 0x5E3C99, 0x2F4F4F, 0x999999, 0x7A4B00, 0x009E73, 0xB0478F]
array look_pt[8] = [7, 5, 9, 13, 11, 6, 4, 8]
array line[rows]; array look[rows]; array line_name[rows]; array machine_name[rows]
lined = 0; machines = 0; most = log2(1.3)
do for [i=1:rows] {
	line[i] = 0; look[i] = 0
	do for [j=1:lined] { if (line_name[j] eq text(i, "what")) { line[i] = j; break } }
	if (!line[i]) { lined = lined + 1; line_name[lined] = text(i, "what"); line[i] = lined }
	do for [j=1:machines] { if (machine_name[j] eq text(i, "machine")) { look[i] = j; break } }
	if (!look[i]) { machines = machines + 1; machine_name[machines] = text(i, "machine"); look[i] = machines }
	if (!(field(i, "ratio") > 0)) { exit error sprintf("%s: a row without a ratio", table) }
	most = larger(most, abs(log2(field(i, "ratio"))))
	if (known(field(i, "low")) && field(i, "low") > 0) { most = larger(most, smaller(abs(log2(field(i, "low"))), most + 1)) }
	if (known(field(i, "high"))) { most = larger(most, smaller(abs(log2(field(i, "high"))), most + 1)) }
}
if (machines > 8) { exit error sprintf("%s: more than 8 machines", table) }
# One row far out would press all others onto the line in the middle: the axis ends a little beyond four rows of five, but
# not before a ratio below five, which can be read off it.
sort_n = rows
array sort_key[rows]
do for [i=1:rows] { sort_key[i] = abs(log2(field(i, "ratio"))) }
load here."sort.gp"
within = 0
do for [i=1:rows] { if (sort_key[i] < log2(5)) { within = larger(within, sort_key[i]) } }
bulk = larger(sort_key[order[int(ceil(0.8 * rows))]], log2(1.3))
reach = most > 2.5 * bulk ? larger(1.35 * bulk, 1.12 * within) : 1.08 * most
differs(i) = known(field(i, "low")) && known(field(i, "high")) && (field(i, "low") > 1 || field(i, "high") < 1)
far(i) = abs(log2(field(i, "ratio"))) > reach
y_of(i) = line_y[line[i]] + (machines == 1 ? 0 : 0.7 / machines * (look[i] - (machines + 1) / 2.0))

label_w = 90
do for [j=1:lined] { label_w = larger(label_w, smaller(strlen(line_name[j]), 44) * 6.4 + 34) }
row_h = larger(30, 12 + 9 * machines)
large = suite eq "" ? lined : 6         # rows of full height; the others are half as high
array line_y[lined]
do for [j=1:lined] { line_y[j] = j <= large ? j : large + 0.25 + 0.5 * (j - large) }
line_end = line_y[lined] + (lined > large ? 0.25 : 0.5)
top = 26; plot_h = (line_end - 0.5) * row_h
body = top + plot_h + 48
alone = machines == 1 ? 1 : 0           # then colour says who is faster
if (alone) { look_rgb[2] = style_rgb[5]; look_pt[2] = style_pt[5]; look_rgb[1] = style_rgb[2]; look_pt[1] = style_pt[2] }
legends = (alone ? 0 : machines) + 1; legend_line = 0
array legend_text[legends]; array legend_style[legends]
do for [k=1:legends - 1] {
	legend_text[k] = fit(machine_name[k], 40); legend_style[k] = k
	set style line k lc rgb look_rgb[k] pt look_pt[k] lw 1.6
}
legend_text[legends] = "pale: no difference shown, or too few invocations"; legend_style[legends] = 20
array part_rgb[2 * machines + 2]; array part_pt[2 * machines + 2]
step = larger(1, int(ceil(reach / 5)))

do for [page=1:2] {
	load here."page.gp"
	set lmargin at screen px_x(label_w); set rmargin at screen px_x(W - (alone ? 60 : 24))
	set tmargin at screen px_y(top); set bmargin at screen px_y(top + plot_h)
	set xrange [2**-reach:2**reach]; set logscale x 2
	set yrange [line_end:0.5]
	set border 1 ls 22
	set grid xtics ls 21
	unset ytics; set xtics nomirror ()
	if (reach < 1) { do for [t in "0.5 0.6 0.7 0.8 0.9 1 1.1 1.25 1.4 1.6 1.8 2"] { set xtics add (t t + 0.0) } }
	else { do for [k=0:20:step] { set xtics add (sprintf(k ? "1/%d" : "%d", 2**k) 2.0**-k, sprintf("%d", 2**k) 2.0**k) } }
	set object 1 rect from graph 0, 0 to first 1, graph 1 fc rgb process_tint fs solid noborder behind
	set object 2 rect from first 1, graph 0 to graph 1, 1 fc rgb thread_tint fs solid noborder behind
	set arrow 1 from 1, graph 0 to 1, graph 1 nohead lc rgb ink lw 1.2 back
	set label 2 "← processes faster" at graph 0, screen px_y(top - 12) left font face_of(":Bold", 11) tc rgb style_ink[5]
	set label 3 "threads faster →" at graph 1, screen px_y(top - 12) right font face_of(":Bold", 11) tc rgb style_ink[2]
	set label 4 "time of processes / time of threads" at graph 0.5, screen px_y(body - 10) center font face_of("", 11) tc rgb ink
	do for [j=1:lined] {
		set label 10 + j fit(line_name[j], 44) at screen px_x(label_w - 10), first line_y[j] right \
			font face_of("", j > large ? 8.5 : 10) tc rgb j > large ? faint : ink
		if (j > 1) {
			edge_y = line_y[j] - (j > large ? 0.25 : 0.5)
			set arrow 10 + j from graph 0, first edge_y to graph 1, first edge_y nohead lc rgb "#ffffff" lw 1.5 back
		}
	}
	parts = 0
	set print $marks
	do for [k=1:machines + alone] { do for [pale=1:0:-1] {
		drawn = 0
		do for [i=1:rows] {
			low = field(i, "low"); high = field(i, "high"); mid = field(i, "ratio")
			if (alone) { look[i] = mid < 1 ? 2 : 1 }
			if (look[i] != k || (!known(low) || !known(high) || (low <= 1 && high >= 1)) != pale) { continue }
			if (far(i)) { continue }                # its number stands at the edge
			y = y_of(i)
			print sprintf("%.9g %.9g %.9g %.9g", mid, y, larger(or_else(low, mid), 2**-reach), smaller(or_else(high, mid), 2**reach))
			drawn = 1
		}
		if (drawn) {
			parts = parts + 1; part_pt[parts] = look_pt[k]; part_rgb[parts] = tinted(look_rgb[k], pale ? 0.4 : 1)
			print ""; print ""
		}
	} }
	unset print
	do for [i=1:rows] {
		if (alone) { set label 100 + i sprintf(field(i, "ratio") < 10 ? "%.2f" : field(i, "ratio") < 100 ? "%.1f" : "%.0f", field(i, "ratio")) \
			at screen px_x(W - 16), first line_y[line[i]] right font face_of("", line[i] > large ? 8.5 : 10) tc rgb ink }
		if (far(i)) {
			out = field(i, "ratio") > 1 ? 1 : 0
			set label 2000 + i out ? sprintf("%.0f× ▶", field(i, "ratio")) : sprintf("◀ 1/%.0f", 1 / field(i, "ratio")) \
				at graph (out ? 0.995 : 0.005), first y_of(i) font face_of(differs(i) ? ":Bold" : "", alone ? 10 : 9) \
				tc rgb (differs(i) ? sprintf("#%06x", alone ? style_ink[out ? 2 : 5] : look_rgb[look[i]]) : faint) front
			if (out) { set label 2000 + i right }
		}
	}
	# The dumbbell's bar: how far the machines lie apart.
	set print $bars
	do for [j=1:lined] {
		least = NaN; largest = NaN; first_y = NaN; last_y = NaN
		do for [i=1:rows] { if (line[i] == j) {
			mid = smaller(larger(field(i, "ratio"), 2**-reach), 2**reach); y = y_of(i)
			if (!known(least) || mid < least) { least = mid; first_y = y }
			if (!known(largest) || mid > largest) { largest = mid; last_y = y }
		} }
		print sprintf("%.9g %.9g", least, first_y); print sprintf("%.9g %.9g", largest, last_y); print ""
	}
	unset print
	if (!parts) { plot $bars using 1:2 with lines lc rgb "#c4c4c4" lw 4 }
	else { plot $bars using 1:2 with lines lc rgb "#c4c4c4" lw 4, for [b=1:parts] $marks index b-1 using 1:2:3:4 with xerrorbars \
		lc rgb part_rgb[b] pt part_pt[b] ps 0.95 * dot lw 1.6 }
	unset label; unset arrow; unset object
	unset multiplot
	unset output
}
