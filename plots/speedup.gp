# Speedup over one core at the largest worker count, the work alone (span) and the whole job (wall) side by side: a row per kernel,
# a mark per runner. Left of the line at 1, one core is faster.
# gnuplot -c plots/speedup.gp summary.csv OUTBASE TITLE CAPTION [SUITE]
here = ARG0[1:strlen(ARG0) - strlen("speedup.gp")]
figure = "speedup"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; suite = ARG5
load here."style.gp"
need = "speedup speedup_low speedup_high wall_speedup wall_speedup_low wall_speedup_high"; with_seq = 0
load here."cases.gp"

# Each kernel at the most workers that it has.
array most[groups]; array on[cases]; array home_key[groups]
do for [g=1:groups] { most[g] = 0; home_key[g] = NaN }
do for [i=1:cases] { if (valid[i]) { most[group[i]] = larger(most[group[i]], workers[i]) } }
w_most = 1; any_failed = 0; x_min = 1; x_max = 1
do for [i=1:cases] {
	on[i] = valid[i] && workers[i] == most[group[i]]
	any_failed = any_failed || !valid[i]
	if (!on[i]) { continue }
	w_most = larger(w_most, workers[i])
	do for [value in "speedup wall_speedup"] {
		if (field(row[i], value) > 0) { x_min = smaller(x_min, field(row[i], value)); x_max = larger(x_max, field(row[i], value)) }
	}
	if (runner[i] eq "fork" || !known(home_key[group[i]])) { home_key[group[i]] = field(row[i], "wall_speedup") }
}
if (any_failed) { caption = caption." · ×: a case without a valid sample" }
x_max = larger(x_max, w_most)
x_from = x_min / 1.25; x_to = x_max * 1.25

# The kernels that lose most as whole jobs stand first.
sort_n = groups
array sort_key[groups]; array line[groups]
do for [g=1:groups] { sort_key[g] = or_else(home_key[g], 1e9) }
load here."sort.gp"
do for [j=1:groups] { line[order[j]] = j }

label_w = 90
do for [g=1:groups] { label_w = larger(label_w, smaller(strlen(group_name[g]), 36) * 6.4 + 34) }
panel_w = (W - label_w - 24 - 24) / 2.0
row_h = larger(30, 8 + 7 * looks)
top = 30; plot_h = groups * row_h
body = top + plot_h + 44
legends = looks + 1; legend_line = 1
array legend_text[looks + 1]; array legend_style[looks + 1]
do for [k=1:looks] { legend_text[k] = look_name[k]; legend_style[k] = look_style[k] }
legend_text[looks + 1] = sprintf("ideal: %d workers", w_most); legend_style[looks + 1] = 20
tic_step = int(ceil(log2(x_to / x_from) / 6.0))
short = log2(x_to / x_from) < 5

do for [page=1:2] {
	load here."page.gp"
	set xrange [x_from:x_to]; set logscale x 2
	set yrange [groups + 0.5:0.5]
	set border 1 ls 22
	set grid xtics ls 21
	unset ytics; set xtics nomirror ()
	if (short) { do for [t in "0.125 0.25 0.5 1 2 4 8"] { set xtics add (t t + 0.0) } }
	else { do for [k=-20:20:tic_step] { set xtics add (k < 0 ? sprintf("1/%d", 2**-k) : sprintf("%d", 2**k) 2.0**k) } }
	do for [panel=1:2] {
		value = panel == 1 ? "speedup" : "wall_speedup"
		left = label_w + (panel - 1) * (panel_w + 24)
		set lmargin at screen px_x(left); set rmargin at screen px_x(left + panel_w)
		set tmargin at screen px_y(top); set bmargin at screen px_y(top + plot_h)
		set object 1 rect from graph 0, 0 to first 1, graph 1 fc rgb "#f3f3f3" fs solid noborder behind
		set arrow 1 from 1, graph 0 to 1, graph 1 nohead lc rgb ink lw 1.2 back
		set arrow 2 from w_most, graph 0 to w_most, graph 1 nohead ls 20 back
		set label 1 panel == 1 ? "span: the work alone" : "wall: with launch and exit" \
			at graph 0.5, screen px_y(top - 14) center font face_of(":Bold", 12) tc rgb ink
		set label 2 "one core is faster" at graph 0.01, screen px_y(top + plot_h - 8) left font face_of("", 9) tc rgb faint
		set label 3 "speedup over one core" at graph 0.5, screen px_y(body - 10) center font face_of("", 11) tc rgb ink
		do for [g=1:groups] {
			if (panel == 1) { set label 10 + g fit(group_name[g], 36) at screen px_x(label_w - 10), first line[g] right font face_of("", 10) tc rgb ink }
			set arrow 10 + g from graph 0, first line[g] - 0.5 to graph 1, first line[g] - 0.5 nohead ls 21 back
		}
		set print $marks
		print "NaN NaN NaN NaN NaN"
		do for [i=1:cases] {
			y = line[group[i]] + 0.76 / looks * (look[i] - (looks + 1) / 2.0)
			if (!valid[i] && workers[i] >= most[group[i]]) {
				set label 1000 + i "×" at graph 0.02, first y center font face_of(":Bold", 10) tc rgb style_ink[look_style[look[i]]] front
			}
			if (!on[i] || !(field(row[i], value) > 0)) { continue }
			mid = field(row[i], value)
			print sprintf("%.9g %.9g %.9g %.9g %d", mid, y, larger(or_else(field(row[i], value."_low"), mid), x_from), \
				smaller(or_else(field(row[i], value."_high"), mid), x_to), look_style[look[i]])
		}
		unset print
		plot for [k=1:looks] $marks using ($5 == look_style[k] ? $1 : NaN):2:3:4 with xerrorbars ls look_style[k] dt 1 lw 1.4 ps 0.85 * dot
		unset label; unset arrow; unset object
	}
	unset multiplot
	unset output
}
