# Small multiples over a quantity: a panel a mechanism, a line a runner, all on the same two scales.
# In: figure (its rows of curves.csv), x_title, y_title, x_text(v), y_text(v), x_base (of the logarithmic axis' tics),
#     y_log (0: a share, from zero), half (1: a line at one half), and what page.gp asks for.

needed = "figure panel series x value low high"
load here."table.gp"
array row[rows]
points = 0
hidden = 0
do for [i=1:rows] {
	if (text(i, "figure") ne figure || !known(field(i, "value"))) { continue }
	if (y_log && field(i, "value") <= 0) { hidden = hidden + 1; continue }      # a logarithmic axis has no place for it
	points = points + 1; row[points] = i
}
if (hidden) { caption = caption.sprintf(" · not shown: %d at or below 0", hidden) }
if (points == 0) { exit error sprintf("%s: no point of the figure %s", table, figure) }

panels = 0; looks = 0; strangers = 0
array panel[points]; array panel_name[points]; array look[points]; array look_name[points]; array look_style[points]
array at_x[points]; array at_y[points]; array low[points]; array high[points]
x_min = 1e30; x_max = 0; y_min = 1e30; y_max = 0; zero = 0
do for [i=1:points] {
	panel[i] = 0; look[i] = 0
	do for [k=1:panels] { if (panel_name[k] eq text(row[i], "panel")) { panel[i] = k; break } }
	if (!panel[i]) { panels = panels + 1; panel_name[panels] = text(row[i], "panel"); panel[i] = panels }
	do for [k=1:looks] { if (look_name[k] eq text(row[i], "series")) { look[i] = k; break } }
	if (!look[i]) {
		looks = looks + 1; look_name[looks] = text(row[i], "series"); look[i] = looks
		look_style[looks] = style_find(look_name[looks], 1)
		if (!look_style[looks]) { look_style[looks] = spare + strangers % 4; strangers = strangers + 1 }
	}
	at_x[i] = field(row[i], "x"); at_y[i] = field(row[i], "value")
	low[i] = or_else(field(row[i], "low"), at_y[i]); high[i] = or_else(field(row[i], "high"), at_y[i])
	if (at_x[i] > 0) { x_min = smaller(x_min, at_x[i]); x_max = larger(x_max, at_x[i]) } else { zero = 1 }
	if (low[i] > 0 || !y_log) { y_min = smaller(y_min, low[i]) }
	y_max = larger(y_max, high[i])
}
if (x_max == 0) { x_min = 1; x_max = 1 }

# Nothing has no place on a logarithmic axis: it stands left of the smallest, and is called so.
x_none = x_min / 8.0
at(v) = v > 0 ? v : x_none
x_from = (zero ? x_none : x_min) / 1.6; x_to = x_max * 1.6
y_from = y_log ? y_min / 1.5 : 0; y_to = y_log ? y_max * 1.6 : larger(1.1, y_max * 1.05)

across = panels <= 3 ? panels : panels == 4 ? 2 : panels <= 9 ? 3 : 4
down = int(ceil(panels / real(across)))
panel_w = (W - 76 - 18 - 18 * (across - 1)) / real(across)
panel_h = across == 1 ? 400 : across == 2 ? 300 : across == 3 ? 220 : 150
body = down * (panel_h + 30) + 40

legends = looks; legend_line = 1
array legend_text[looks]; array legend_style[looks]
do for [k=1:looks] { legend_text[k] = look_name[k]; legend_style[k] = look_style[k] }
array part_look[looks]

do for [page=1:2] {
	load here."page.gp"
	set xrange [x_from:x_to]; set yrange [y_from:y_to]
	set logscale x 10
	if (y_log) { set logscale y 10 }
	set grid xtics ytics ls 21
	do for [g=1:panels] {
		left = 76 + ((g - 1) % across) * (panel_w + 18)
		top = 24 + ((g - 1) / across) * (panel_h + 30)
		set lmargin at screen px_x(left); set rmargin at screen px_x(left + panel_w)
		set tmargin at screen px_y(top); set bmargin at screen px_y(top + panel_h)
		parts = 0
		set print $panel
		do for [k=1:looks] {
			drawn = 0
			do for [i=1:points] {
				if (panel[i] != g || look[i] != k) { continue }
				print sprintf("%.9g %.9g %.9g %.9g", at(at_x[i]), at_y[i], larger(low[i], y_from), high[i])
				drawn = drawn + 1
			}
			if (drawn) { parts = parts + 1; part_look[parts] = look_style[k]; print ""; print "" }
		}
		unset print
		set label 4 fit(panel_name[g], panel_w / 7.8) at graph 0, 1 left offset 0, 0.7 font face_of(":Bold", 12) tc rgb ink
		if (g == 1) {
			set label 5 x_title at screen px_x(76 + (W - 94) / 2.0), px_y(body - 12) center font face_of("", 11) tc rgb ink
			set label 6 y_title at screen px_x(11), px_y((body - 30) / 2.0) center rotate font face_of("", 11) tc rgb ink
		}
		# The scales are shared, so numbers stand at the left and at the foot of the grid only.
		at_left(s) = (g - 1) % across == 0 ? s : ""
		at_foot(s) = g + across > panels ? s : ""
		set xtics nomirror (); set ytics nomirror ()
		decades = log10(x_to / x_from) / log10(x_base)
		step = int(ceil(decades * 52 / panel_w))
		do for [e=0:40:step] {
			v = x_base**e
			if (v > x_from && v < x_to && (!zero || v > 1.5 * x_none)) { set xtics add (at_foot(x_text(v)) v) }
		}
		if (zero) { set xtics add (at_foot("none") x_none) }
		if (y_log) {
			step = int(ceil(log10(y_to / y_from) * 20 / panel_h))
			do for [e=-3:15:step] { if (10.0**e >= y_from && 10.0**e <= y_to) { set ytics add (at_left(y_text(10.0**e)) 10.0**e) } }
		} else {
			do for [q=0:4] { set ytics add (at_left(y_text(q / 4.0)) q / 4.0) }
		}
		if (half) {
			set arrow 1 from graph 0, first 0.5 to graph 1, first 0.5 nohead ls 20 back
			if (g == 1) { set label 7 "half of the time is work" at graph 0.02, first 0.5 left offset 0, 0.5 font face_of("", 9) tc rgb faint }
			marks = 0
			do for [i=1:rows] {
				if (text(i, "figure") ne "metg" || text(i, "panel") ne panel_name[g] || field(i, "x") != 0.5) { continue }
				s = style_find(text(i, "series"), 1)
				if (!s || !known(field(i, "value"))) { continue }
				marks = marks + 1
				set label 200 + marks "".text(i, "series")." ".short_time(field(i, "value")) at graph 0.02, graph 0.95 - 0.045 * marks \
					left font face_of("", 10) tc rgb style_ink[s] front
				set label 300 + marks "" at field(i, "value"), 0.5 point ls s pt 6 ps 1.6 * dot lw 2 front
				set arrow 300 + marks from or_else(field(i, "low"), field(i, "value")), 0.5 \
					to or_else(field(i, "high"), field(i, "value")), 0.5 heads size screen 0.004, 90 ls s dt 1 lw 2 front
			}
			if (marks) {
				set label 200 "METG(50 %)" at graph 0.02, graph 0.95 left font face_of(":Bold", 10) tc rgb ink front
			}
		}
		plot for [b=1:parts] $panel index b-1 using 1:3:4 with filledcurves \
				fc rgb tinted(style_rgb[part_look[b]], 0.2) fs solid noborder, \
			for [b=1:parts] $panel index b-1 using 1:2 with linespoints ls part_look[b] lw 1.8 ps 0.8 * dot
		unset arrow
		unset label
	}
	unset multiplot
	unset output
}
