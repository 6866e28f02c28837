# Pools over the number of workers, beside libgomp and oneTBB: a panel a quantity, a line a pool.
# gnuplot -c plots/peers.gp peers-workers.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("peers.gp")]
figure = "peers"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
needed = "quantity who workers ns low high"
load here."table.gp"

# Ours look as the runners of their kind do in all figures; peers have looks of their own.
pools = 0; strangers = 0; panels = 0
array pool[rows]; array pool_name[rows]; array pool_style[rows]; array panel[rows]; array panel_name[rows]
x_min = 1e9; x_max = 0
do for [i=1:rows] {
	pool[i] = 0; panel[i] = 0
	do for [k=1:pools] { if (pool_name[k] eq text(i, "who")) { pool[i] = k; break } }
	if (!pool[i]) {
		pools = pools + 1; pool[i] = pools; pool_name[pools] = text(i, "who")
		if (pool_name[pools] eq "pvt, threads") { pool_style[pools] = 2 }
		else { if (pool_name[pools] eq "pvt, processes") { pool_style[pools] = 5 }
		else { pool_style[pools] = spare + strangers % 4; strangers = strangers + 1 } }
	}
	do for [k=1:panels] { if (panel_name[k] eq text(i, "quantity")) { panel[i] = k; break } }
	if (!panel[i]) { panels = panels + 1; panel[i] = panels; panel_name[panels] = text(i, "quantity") }
	if (known(field(i, "workers"))) { x_min = smaller(x_min, field(i, "workers")); x_max = larger(x_max, field(i, "workers")) }
}
if (x_max <= 0) { exit error sprintf("%s: no workers above zero", table) }

legends = pools; legend_line = 1
array legend_text[pools]; array legend_style[pools]
do for [k=1:pools] { legend_text[k] = pool_name[k]; legend_style[k] = pool_style[k] }
body = 430

do for [page=1:2] {
	load here."page.gp"
	do for [p=1:panels] {
		y_min = 1e18; y_max = 0
		set print $points
		do for [k=1:pools] {
			do for [i=1:rows] {
				if (pool[i] == k && panel[i] == p && field(i, "ns") > 0) {
					print sprintf("%.9g %.9g %.9g %.9g", field(i, "workers"), field(i, "ns"), \
						or_else(field(i, "low"), field(i, "ns")), or_else(field(i, "high"), field(i, "ns")))
					y_min = smaller(y_min, field(i, "ns")); y_max = larger(y_max, field(i, "ns"))
				}
			}
			print "0 NaN NaN NaN"
			print ""; print ""
		}
		unset print
		if (y_max <= 0) { continue }
		panel_left = 74 + (p - 1) * (W - 20) / panels; panel_right = p * (W - 20) / panels
		set lmargin at screen px_x(panel_left); set rmargin at screen px_x(panel_right)
		set tmargin at screen px_y(34); set bmargin at screen px_y(body - 48)
		set logscale xy 10
		set xrange [x_min / 1.15:x_max * 1.15]; set yrange [y_min / 1.5:y_max * 1.5]
		set grid xtics ytics ls 21
		set xtics nomirror (); set ytics nomirror ()
		do for [e=0:10] { if (2**e >= x_min && 2**e <= x_max) { set xtics add (sprintf("%d", 2**e) 2**e) } }
		do for [e=0:9] { do for [m in "1 2 5"] {
			tick = m * 10.0**e
			if (tick >= y_min / 1.5 && tick <= y_max * 1.5) { set ytics add (short_time(tick) tick) }
		} }
		set label 1 panel_name[p] at graph 0, screen px_y(16) left font face_of(":Bold", 12) tc rgb ink
		set label 2 "workers" at graph 0.5, screen px_y(body - 12) center font face_of("", 11) tc rgb ink
		set label 3 (p == 1 ? "time (log)" : "") at screen px_x(16), graph 0.5 center rotate font face_of("", 11) tc rgb ink
		plot for [k=1:pools] $points index k-1 using 1:3:4 with filledcurves fc rgb tinted(style_rgb[pool_style[k]], 0.18) fs solid noborder, \
			for [k=1:pools] $points index k-1 using 1:2 with linespoints ls pool_style[k] lw 1.8 ps 0.9 * dot
		unset label
	}
	unset multiplot
	unset output
}
