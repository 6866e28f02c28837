# Efficiency of two workers over the size of a task, a line a pool. Where a line crosses one half is its METG(50 %).
# gnuplot -c plots/granularity.gp peers-efficiency.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("granularity.gp")]
figure = "granularity"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
needed = "peer task_ns efficiency low high"
load here."table.gp"

# Ours look as the runners of their kind do in all figures; peers have looks of their own.
peers = 0; strangers = 0
array peer[rows]; array peer_name[rows]; array peer_style[rows]
x_min = 1e18; x_max = 0
do for [i=1:rows] {
	peer[i] = 0
	do for [k=1:peers] { if (peer_name[k] eq text(i, "peer")) { peer[i] = k; break } }
	if (!peer[i]) {
		peers = peers + 1; peer[i] = peers; peer_name[peers] = text(i, "peer")
		if (peer_name[peers] eq "pvt, threads") { peer_style[peers] = 2 }
		else { if (peer_name[peers] eq "pvt, processes") { peer_style[peers] = 5 }
		else { peer_style[peers] = spare + strangers % 4; strangers = strangers + 1 } }
	}
	if (known(field(i, "task_ns"))) { x_min = smaller(x_min, field(i, "task_ns")); x_max = larger(x_max, field(i, "task_ns")) }
}
if (x_max <= 0) { exit error sprintf("%s: no task_ns above zero", table) }

legends = peers; legend_line = 1
array legend_text[peers]; array legend_style[peers]
do for [k=1:peers] { legend_text[k] = peer_name[k]; legend_style[k] = peer_style[k] }
body = 470

do for [page=1:2] {
	load here."page.gp"
	set lmargin at screen px_x(70); set rmargin at screen px_x(W - 22)
	set tmargin at screen px_y(16); set bmargin at screen px_y(body - 56)
	set xrange [x_min / 1.3:x_max * 1.3]; set yrange [0:1.1]; set logscale x 10
	set grid xtics ytics ls 21
	set xtics nomirror (); set ytics nomirror 0, 0.25, 1
	do for [e=0:9] { if (10.0**e >= x_min / 1.3 && 10.0**e <= x_max * 1.3) { set xtics add (time_text(10.0**e) 10.0**e) } }
	set label 1 "size of a task (tasks scheduled one at a time)" at graph 0.5, screen px_y(body - 14) center font face_of("", 11) tc rgb ink
	set label 2 "efficiency: sequential time / (2 × time of 2 workers)" at screen px_x(16), graph 0.5 center rotate font face_of("", 11) tc rgb ink
	set label 3 "half of the time is work" at graph 0.42, first 0.5 left offset 0, 0.6 font face_of("", 9) tc rgb faint
	set arrow 1 from graph 0, first 0.5 to graph 1, first 0.5 nohead ls 24 back
	set arrow 2 from graph 0, first 1 to graph 1, first 1 nohead ls 20 back
	set print $points
	do for [k=1:peers] {
		do for [i=1:rows] {
			if (peer[i] == k && known(field(i, "efficiency"))) {
				print sprintf("%.9g %.9g %.9g %.9g", field(i, "task_ns"), field(i, "efficiency"), \
					or_else(field(i, "low"), field(i, "efficiency")), or_else(field(i, "high"), field(i, "efficiency")))
			}
		}
		print ""; print ""
	}
	unset print
	plot for [k=1:peers] $points index k-1 using 1:3:4 with filledcurves fc rgb tinted(style_rgb[peer_style[k]], 0.18) fs solid noborder, \
		for [k=1:peers] $points index k-1 using 1:2 with linespoints ls peer_style[k] lw 1.8 ps 0.9 * dot
	unset multiplot
	unset output
}
