# Small multiples over all workers of all hosts: a panel a kernel, a line a runner and number of hosts, and what the model predicts.
# In: what (of scale.csv), y_title, y_log (0: a share), ideal(w), and what page.gp asks for.
# A runner has its colour, a number of hosts its point; the model is pale and dashed, for nobody measured it.

needed = "what kind kernel size runner hosts workers value low high"
load here."table.gp"
array row[rows]
points = 0
do for [i=1:rows] {
	if (text(i, "what") eq what && known(field(i, "value")) && (!y_log || field(i, "value") > 0)) { points = points + 1; row[points] = i }
}
if (points == 0) { exit error sprintf("%s: no point of %s", table, what) }

runner_rgb(s) = s eq "pthread" ? 0x0072B2 : s eq "fork" ? 0xD55E00 : s eq "mpi" ? 0x000000 : s eq "mpi+pthread" ? 0x009E73 : \
                s eq "mpi+fork" ? 0xB0478F : 0x777777
hosts_pt(h) = h < 2 ? 6 : h < 4 ? 7 : h < 8 ? 9 : h < 16 ? 5 : h < 32 ? 11 : 13
panels = 0; looks = 0; machine = 0
array panel[points]; array panel_key[points]; array panel_name[points]
array look[points]; array look_name[points]; array look_runner[points]; array look_hosts[points]
x_max = 1; y_min = 1e30; y_max = 0
do for [i=1:points] {
	name = text(row[i], "kernel"); panel[i] = 0
	key_of = name." ".text(row[i], "size")
	do for [k=1:panels] { if (panel_key[k] eq key_of) { panel[i] = k; break } }
	if (!panel[i]) { panels = panels + 1; panel_key[panels] = key_of; panel_name[panels] = name; panel[i] = panels }
	look[i] = 0
	if (text(row[i], "kind") eq "measured") {
		if (field(row[i], "hosts") == 1) { machine = larger(machine, field(row[i], "workers")) }
		h = field(row[i], "hosts")
		look_of = text(row[i], "runner").(h > 1 ? sprintf(", %d hosts", h) : "")
		do for [k=1:looks] { if (look_name[k] eq look_of) { look[i] = k; break } }
		if (!look[i]) {
			looks = looks + 1; look_name[looks] = look_of; look[i] = looks
			look_runner[looks] = text(row[i], "runner"); look_hosts[looks] = h
		}
	}
	x_max = larger(x_max, field(row[i], "workers"))
	y_min = smaller(y_min, or_else(field(row[i], "low"), field(row[i], "value")))
	y_max = larger(y_max, or_else(field(row[i], "high"), field(row[i], "value")))
}
# How many workers a host the line of the model has: as the farthest point of it.
a_host = 0
do for [i=1:points] { if (!look[i] && field(row[i], "workers") == x_max) { a_host = x_max / field(row[i], "hosts") } }
# Two kernels of one name are told apart by their size.
do for [k=1:panels] { do for [m=1:panels] { if (m != k && word(panel_key[m], 1) eq word(panel_key[k], 1)) { panel_name[k] = panel_key[k] } } }

x_from = 0.8; x_to = x_max * 1.4
y_from = y_log ? smaller(y_min, 1) / 1.3 : 0; y_to = y_log ? larger(y_max, 2) * 1.5 : 1.1
across = panels <= 2 ? panels : 2
down = int(ceil(panels / real(across)))
panel_w = (W - 76 - 18 - 26 * (across - 1)) / real(across)
panel_h = across == 1 ? 400 : 270
body = down * (panel_h + 34) + 40

modelled = 0
do for [i=1:points] { if (!look[i]) { modelled = 1; break } }
legends = looks + 1 + modelled; legend_line = 2
array legend_text[looks + 2]; array legend_style[looks + 2]
do for [k=1:looks] {
	set style line 30 + k lc rgb runner_rgb(look_runner[k]) pt hosts_pt(look_hosts[k]) dt 1
	legend_text[k] = look_name[k]; legend_style[k] = 30 + k
}
set style line 28 lc rgb 0x9a9a9a lw 2.2 dt (7,5)
if (modelled) { legend_text[looks + 1] = "model, not measured"; legend_style[looks + 1] = 28 }
legend_text[legends] = "ideal"; legend_style[legends] = 24
# Series of one place lie beside each other.
dodge(k) = looks < 2 ? 1 : 2**(0.3 * ((k - 1) / (looks - 1.0) - 0.5))
array part_look[looks + 1]

do for [page=1:2] {
	load here."page.gp"
	# page.gp draws points for runners' looks alone: these have looks of their own.
	set lmargin at screen 0; set rmargin at screen 1; set bmargin at screen 0; set tmargin at screen 1
	unset border; unset tics
	set xrange [0:1]; set yrange [0:1]
	do for [k=1:looks] {
		set label 100 + k "" at screen px_x(legend_at_x[k] + 17), 1 - legend_at_y[k] / real(H) point ls 30 + k ps dot
	}
	plot NaN notitle
	unset label
	set border 3 ls 22
	set xrange [x_from:x_to]; set yrange [y_from:y_to]
	set logscale x 2
	if (y_log) { set logscale y 2 }
	set grid xtics ytics ls 21
	do for [g=1:panels] {
		left = 76 + ((g - 1) % across) * (panel_w + 26)
		top = 24 + ((g - 1) / across) * (panel_h + 34)
		set lmargin at screen px_x(left); set rmargin at screen px_x(left + panel_w)
		set tmargin at screen px_y(top); set bmargin at screen px_y(top + panel_h)
		parts = 0
		set print $panel
		do for [k=1:looks + 1] {
			drawn = 0
			do for [i=1:points] {
				if (panel[i] != g || look[i] != k % (looks + 1)) { continue }
				# Of the predictions those with the most workers a host make the line: the others check it.
				if (k > looks && field(row[i], "workers") != field(row[i], "hosts") * a_host) { continue }
				print sprintf("%.9g %.9g %.9g %.9g", field(row[i], "workers") * (k > looks ? 1 : dodge(k)), field(row[i], "value"), \
					or_else(field(row[i], "low"), field(row[i], "value")), or_else(field(row[i], "high"), field(row[i], "value")))
				drawn = drawn + 1
			}
			if (drawn) { parts = parts + 1; part_look[parts] = k > looks ? 28 : 30 + k; print ""; print "" }
		}
		unset print
		set label 4 fit(panel_name[g], panel_w / 7.8) at graph 0, 1 left offset 0, 0.7 font face_of(":Bold", 12) tc rgb ink
		if (g == 1) {
			set label 5 "workers, of all hosts together" at screen px_x(76 + (W - 94) / 2.0), px_y(body - 12) center font face_of("", 11) tc rgb ink
			set label 6 y_title at screen px_x(16), px_y((body - 30) / 2.0) center rotate font face_of("", 11) tc rgb ink
		}
		at_left(s) = (g - 1) % across == 0 ? s : ""
		at_foot(s) = g + across > panels ? s : ""
		set xtics nomirror (); set ytics nomirror ()
		do for [e=0:int(log2(x_max) + 0.01)] { set xtics add (at_foot(sprintf("%d", 2**e)) 2**e) }
		if (y_log) {
			step = int(ceil(log2(y_to / y_from) * 22 / panel_h))
			do for [e=-20:20:step] {
				if (2.0**e >= y_from && 2.0**e <= y_to) { set ytics add (at_left(e < 0 ? sprintf("1/%d", 2**-e) : sprintf("%d", 2**e)) 2.0**e) }
			}
		} else {
			do for [q=0:4] { set ytics add (at_left(sprintf("%d", 25 * q)." %%") q / 4.0) }
		}
		if (machine > 0 && x_max > machine) {
			set arrow 1 from machine * 2**0.4, graph 0 to machine * 2**0.4, graph 1 nohead lc rgb faint lw 1.2 dt (2,3) back
			set label 7 "one machine ends here" at machine * 2**0.4, graph 0.04 left offset 0.6, 0 font face_of("", 10) tc rgb faint
		}
		plot ideal(x) ls 24 lw 1.4 notitle, \
			for [b=1:parts] $panel index b-1 using (part_look[b] == 28 ? $1 : NaN):2 with lines ls 28, \
			for [b=1:parts] $panel index b-1 using (part_look[b] == 28 ? NaN : $1):2 with lines ls part_look[b], \
			for [b=1:parts] $panel index b-1 using (part_look[b] == 28 ? NaN : $1):2:3:4 with yerrorbars ls part_look[b] ps 0.95 * dot
		unset arrow
		unset label
	}
	unset multiplot
	unset output
}
