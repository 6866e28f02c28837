# Can the numbers be trusted? The spread of each case's samples over their median: box for the quartiles,
# whiskers to the extremes. A column a runner, a row a kernel, in it a box a worker count, most at the
# bottom. Boxes that leave the grey band are drawn in full colour, the quiet ones pale.
# gnuplot -c plots/spread.gp summary.csv OUTBASE TITLE CAPTION [SUITE]
here = ARG0[1:strlen(ARG0) - strlen("spread.gp")]
figure = "spread"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; suite = ARG5
load here."style.gp"
need = "spread_max spread_min spread_q1 spread_q3"; with_seq = 1
load here."cases.gp"
band = 0.05

array q1[cases]; array q3[cases]; array from[cases]; array to[cases]; array slot[cases]
array quiet[looks]; array judged[looks]; array count[cases]; array sort_key[cases]
do for [k=1:looks] { quiet[k] = 0; judged[k] = 0 }
widest = 0; counts = 0
do for [i=1:cases] {
	slot[i] = 0
	do for [k=1:counts] { if (count[k] == workers[i]) { slot[i] = k; break } }
	if (!slot[i]) { counts = counts + 1; count[counts] = workers[i]; slot[i] = counts }
	if (!valid[i]) { continue }
	from[i] = larger(or_else(field(row[i], "spread_min"), 1), 1e-3); to[i] = field(row[i], "spread_max")
	q1[i] = larger(or_else(field(row[i], "spread_q1"), from[i]), 1e-3)
	q3[i] = or_else(field(row[i], "spread_q3"), to[i])
	judged[look[i]] = judged[look[i]] + 1
	quiet[look[i]] = quiet[look[i]] + (q1[i] >= 1 - band && q3[i] <= 1 + band)
	widest = larger(widest, larger(-log2(q1[i]), log2(q3[i])))
}
sort_n = counts
do for [k=1:counts] { sort_key[k] = count[k] }
load here."sort.gp"
array rank[counts]
do for [k=1:counts] { rank[order[k]] = k }
reach = smaller(larger(2 * widest, log2(1.2)), 2)

label_w = 0
do for [g=1:groups] { label_w = larger(label_w, smaller(strlen(group_name[g]), 26) * 6.4) }
label_w = larger(label_w + 34, 70)
panel_w = (W - label_w - 24 - 12 * (looks - 1)) / real(looks)
slot_h = counts == 1 ? 13 : counts <= 2 ? 10 : counts <= 4 ? 7 : 5
group_h = counts * slot_h + 8
top = 40; plot_h = groups * group_h
body = top + plot_h + 46
slot_y(i) = ((group[i] - 1) * group_h + 4 + (rank[slot[i]] - 0.5) * slot_h)
half = slot_h * 0.36
tics = panel_w < 130 ? (reach < log2(1.35) ? "0.9 1 1.1" : reach < log2(2.2) ? "0.6 1 1.6" : "0.25 1 4") \
     : reach < log2(1.35) ? "0.8 0.9 1 1.1 1.2" : reach < log2(2.2) ? "0.6 0.8 1 1.25 1.6" : "0.25 0.5 1 2 4"

legends = 0; legend_line = 0
do for [page=1:2] {
	load here."page.gp"
	set xrange [2**-reach:2**reach]; set logscale x 2
	set yrange [plot_h:0]
	set border 1 ls 22
	set grid xtics ls 21
	unset ytics; set xtics nomirror ()
	do for [t in tics] { set xtics add (t t + 0.0) }
	do for [k=1:looks] {
		left = label_w + (k - 1) * (panel_w + 12)
		s = look_style[k]
		set lmargin at screen px_x(left); set rmargin at screen px_x(left + panel_w)
		set tmargin at screen px_y(top); set bmargin at screen px_y(top + plot_h)
		set object 1 rect from 1 - band, graph 0 to 1 + band, graph 1 fc rgb 0xececec fs solid noborder behind
		set arrow 1 from 1, graph 0 to 1, graph 1 nohead lc rgb ink lw 0.8 back
		set label 1 fit(look_name[k], (panel_w + 10) / 6.9) at graph 0.5, screen px_y(top - 24) center \
			font face_of(":Bold", panel_w < 100 ? 10 : 11) tc rgb style_ink[s]
		set label 2 sprintf("%d of %d quiet", quiet[k], judged[k]) at graph 0.5, screen px_y(top - 9) center \
			font face_of("", 9) tc rgb faint
		do for [g=1:groups] {
			if (k == 1) {
				set label 10 + g fit(group_name[g], 26) at screen px_x(label_w - 10), first (g - 0.5) * group_h right \
					font face_of("", 10) tc rgb ink
			}
			if (g > 1) { set arrow 10 + g from graph 0, first (g - 1) * group_h to graph 1, first (g - 1) * group_h nohead ls 21 back }
		}
		if (k == 1) {
			set label 3 sprintf("one sample / median of its case (grey: ±%g %%; quiet: the quartiles lie inside)%s", 100 * band, \
				counts > 1 ? "; in a row, the fewest workers on top" : "") \
				at screen px_x(label_w + (W - label_w - 24) / 2.0), screen px_y(body - 10) center font face_of("", 11) tc rgb ink
		}
		drawn = 0; far = 0
		set print $boxes
		do for [i=1:cases] {
			if (look[i] != k) { continue }
			y = slot_y(i)
			if (!valid[i]) {
				far = far + 1
				set label 1000 + far "×" at 1, first y center font face_of(":Bold", smaller(slot_h + 3, 12)) tc rgb style_ink[s] front
				continue
			}
			# A whisker that leaves the panel stops short of an arrow, and of its length where there is room.
			say = slot_h < 7 ? 0.97 : 1 - 60 / panel_w
			print sprintf("%.6g %.6g %.6g %.6g %.6g %d", y, larger(q1[i], 2**-reach), smaller(q3[i], 2**reach), \
				-log2(from[i]) > reach ? 2**-(0.97 * reach) : from[i], log2(to[i]) > reach ? 2**(say * reach) : to[i], \
				q1[i] >= 1 - band && q3[i] <= 1 + band)
			drawn = drawn + 1
			if (log2(to[i]) > reach) {
				far = far + 1
				set label 1000 + far slot_h < 7 ? "▸" : sprintf("%.2g ▸", to[i]) at graph 1, first y right \
					font face_of("", 8) tc rgb style_ink[s] front
			}
			if (-log2(from[i]) > reach) {
				far = far + 1
				set label 1000 + far "◂" at graph 0, first y left font face_of("", 8) tc rgb style_ink[s] front
			}
		}
		unset print
		if (drawn) {
			plot $boxes using 4:1:($5 - $4):(0) with vectors nohead lc rgb style_rgb[s] lw 1.1, \
				$boxes using (1):1:2:3:($1 - half):($1 + half):(tinted(style_rgb[s], $6 > 0 ? 0.5 : 1)) with boxxyerror \
					fc rgb variable fs solid noborder
		} else {
			plot NaN
		}
		unset label; unset arrow; unset object
	}
	unset multiplot
	unset output
}
