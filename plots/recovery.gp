# When a new worker is there after a crash of one: a panel a kind of crash, a row a runner. Beside each point
# stands what is left and what was lost.
# gnuplot -c plots/recovery.gp summary.csv OUTBASE TITLE CAPTION [SUITE]
here = ARG0[1:strlen(ARG0) - strlen("recovery.gp")]
figure = "recovery"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; suite = ARG5
load here."style.gp"
need = "recovery_ns recovery_ns_low recovery_ns_high survivors lost"; with_seq = 0
load here."cases.gp"

array mid[cases]; array low[cases]; array high[cases]
x_min = 1e300; x_max = 0
do for [i=1:cases] {
	if (!valid[i]) { continue }
	mid[i] = field(row[i], "recovery_ns")
	low[i] = or_else(field(row[i], "recovery_ns_low"), mid[i])
	high[i] = or_else(field(row[i], "recovery_ns_high"), mid[i])
	x_min = smaller(x_min, low[i]); x_max = larger(x_max, high[i])
}
# Tables of before do not have redo_ns, and their recovery_ns contains it.
column_redo_ns = csv_column("redo_ns", 1); apart = 0
do for [i=1:cases] { apart = apart || (column_redo_ns && known(field(row[i], "redo_ns"))) }
x_from = 10**floor(log10(x_min)); x_to = 10**ceil(log10(x_max))

gutter = 118; gap = 26; row_h = 34
across = smaller(groups, 5)
down = int(ceil(groups / real(across)))
panel_w = (W - gutter - 18 - gap * (across - 1)) / real(across)
panel_h = looks * row_h + 8
body = down * (panel_h + 40) + 34
legends = 0; legend_line = 0

do for [page=1:2] {
	load here."page.gp"
	set xrange [x_from:x_to]; set yrange [looks + 0.6:0.4]
	set logscale x 10
	set grid xtics ls 21
	do for [g=1:groups] {
		left = gutter + ((g - 1) % across) * (panel_w + gap)
		top = 24 + ((g - 1) / across) * (panel_h + 40)
		set lmargin at screen px_x(left); set rmargin at screen px_x(left + panel_w)
		set tmargin at screen px_y(top); set bmargin at screen px_y(top + panel_h)
		set label 1 fit(group_name[g], panel_w / 7.8) at graph 0, 1 left offset 0, 0.7 font face_of(":Bold", 12) tc rgb ink
		set xtics nomirror (); unset ytics
		do for [e=0:12] { set xtics add ((e % 2 && panel_w < 200 && x_to / x_from > 1e3) || 10.0**e >= x_to ? "" : time_text(10.0**e) 10.0**e) }
		if (g == 1) {
			set label 2 (apart ? "from the crash to the first instruction of the new worker" : "from the crash to the end of the item that it hit") at screen px_x(gutter + (W - gutter - 18) / 2.0), \
				screen px_y(body - 10) center font face_of("", 11) tc rgb ink
		}
		do for [k=1:looks] {
			if ((g - 1) % across == 0) {
				set label 10 + k fit(look_name[k], 14) at screen px_x(left - 8), first k right font face_of(":Bold", 11) \
					tc rgb style_ink[look_style[k]]
			}
		}
		set print $points
		print "NaN NaN NaN NaN NaN"
		do for [i=1:cases] {
			if (group[i] != g) { continue }
			k = look[i]
			if (!valid[i]) {
				set label 100 + i "× none" at graph 0.04, first k left font face_of("", 9) tc rgb faint front
				continue
			}
			print sprintf("%.9g %d %.9g %.9g %d", mid[i], k, low[i], high[i], look_style[k])
			set label 100 + i sprintf("%s, %g left, %.0f lost", short_time(mid[i]), field(row[i], "survivors"), field(row[i], "lost")) \
				at graph 0.02, first k + 0.34 left font face_of("", 9) tc rgb faint front
		}
		unset print
		plot for [k=1:looks] $points using ($5 == look_style[k] ? $1 : NaN):($2 - 0.12):3:4 with xerrorbars \
			ls look_style[k] dt 1 lw 1.6 ps 1.1 * dot
		unset label
	}
	unset multiplot
	unset output
}
