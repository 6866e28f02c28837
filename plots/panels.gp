# Small multiples over the worker count: a panel a kernel, a line a runner, all on the same two scales.
# A panel says what its job takes on one core: a speedup of a short job is another thing than one of a long job.
# In: value (a column of summary.csv, with _low and _high), y_title, y_log, y_step,
#     ideal(w), none(w) (as fast as one core), and what cases.gp and page.gp ask for.

need = value." ".value."_low ".value."_high"; with_seq = 0
load here."cases.gp"

array low[cases]; array mid[cases]; array high[cases]; array sure[cases]; array count[cases]
w_min = 1e9; w_max = 1; y_min = 1; y_max = 1; counts = 0; any_failed = 0
do for [i=1:cases] {
	w_min = smaller(w_min, workers[i]); w_max = larger(w_max, workers[i])
	seen = 0
	do for [k=1:counts] { if (count[k] == workers[i]) { seen = 1; break } }
	if (!seen) { counts = counts + 1; count[counts] = workers[i] }
	any_failed = any_failed || !valid[i]
	if (valid[i]) {
		mid[i] = field(row[i], value)
		sure[i] = known(field(row[i], value."_low")) && known(field(row[i], value."_high"))
		low[i] = or_else(field(row[i], value."_low"), mid[i])
		high[i] = or_else(field(row[i], value."_high"), mid[i])
		y_min = smaller(y_min, low[i]); y_max = larger(y_max, high[i])
	}
}
if (any_failed) { caption = caption." · × on the axis: a case without a valid sample" }

# With few counts, markers with bars stand side by side under a mark for the ideal. With many, lines run
# through bands, each runner drawn smaller than the last, so that runners that tie are all seen.
few = counts <= 4
dodge(k) = few ? 2**(0.66 / looks * (k - (looks + 1) / 2.0)) : 1
thin(k) = 1 - 0.6 * (k - 1) / larger(looks, 2)
x_from = w_min * (few ? 2**-0.45 : 2**-0.2); x_to = w_max * (few ? 2**0.45 : 2**0.2)
y_from = y_log ? larger(y_min, 2.0**-20) / 1.12 : 0
y_to = y_log ? larger(y_max, ideal(w_max)) * 1.16 : y_max <= 1.2 ? 1.3 : smaller(y_max * 1.1, 2)
octaves = y_log ? log2(y_to / y_from) : 0

across = groups <= 3 ? groups : groups == 4 ? 2 : groups <= 9 ? 3 : 4
down = int(ceil(groups / real(across)))
panel_w = (W - 62 - 18 - 18 * (across - 1)) / real(across)
panel_h = across == 1 ? 400 : across == 2 ? 290 : across == 3 ? 200 : 150
body = down * (panel_h + 30) + 40

legends = looks + 2; legend_line = 1
array legend_text[looks + 2]; array legend_style[looks + 2]
do for [k=1:looks] {
	legend_text[k] = look_name[k]; legend_style[k] = look_style[k]
}
legend_text[looks + 1] = "ideal"; legend_style[looks + 1] = 20
legend_text[looks + 2] = "as fast as one core"; legend_style[looks + 2] = 23

array job[groups]
do for [g=1:groups] { job[g] = NaN }
do for [i=1:rows] {
	if (text(i, "runner") ne "seq" || !known(field(i, "wall_ns"))) { continue }
	do for [k=1:cases] {
		if (!known(job[group[k]]) && text(i, "kernel") eq kernel[k] && text(i, "suite") eq text(row[k], "suite") && text(i, "size") eq text(row[k], "size")) {
			job[group[k]] = field(i, "wall_ns")
		}
	}
}

# A panel says which family is ahead at the largest count, unless the other family's intervals reach it.
family(s) = s == 1 ? 1 : s <= 4 || s == 9 ? 2 : s <= 8 || s == 10 ? 5 : s
family_name(k) = family(look_style[k]) == 2 ? "threads" : family(look_style[k]) == 5 ? "processes" : look_name[k]
array part_look[looks]; array part_order[looks]

do for [page=1:2] {
	load here."page.gp"
	set xrange [x_from:x_to]; set yrange [y_from:y_to]
	set logscale x 2
	if (y_log) { set logscale y 2 }
	set grid xtics ytics ls 21
	do for [g=1:groups] {
		left = 62 + ((g - 1) % across) * (panel_w + 18)
		top = 24 + ((g - 1) / across) * (panel_h + 30)
		set lmargin at screen px_x(left); set rmargin at screen px_x(left + panel_w)
		set tmargin at screen px_y(top); set bmargin at screen px_y(top + panel_h)

		parts = 0; best = 0; last = 0
		set print $panel
		do for [k=1:looks] {
			drawn = 0; gap = 0
			do for [i=1:cases] {
				if (group[i] != g || look[i] != k) { continue }
				if (!valid[i]) { gap = drawn; continue }
				if (gap) { print ""; gap = 0 }          # a failed case parts the line
				print sprintf("%.9g %.9g %.9g %.9g", workers[i] * dodge(k), mid[i], low[i], high[i])
				drawn = drawn + 1; last = larger(last, workers[i])
			}
			if (drawn) { parts = parts + 1; part_look[parts] = look_style[k]; part_order[parts] = thin(k); print ""; print "" }
		}
		unset print
		contest = 0; rival = 0; n = 0
		do for [i=1:cases] {
			if (group[i] != g) { continue }
			n = n + 1
			if (!valid[i]) {
				set label 100 + n "×" at workers[i] * dodge(look[i]), graph 0.04 center \
					tc rgb style_ink[look_style[look[i]]] font face_of(":Bold", 12) front
				continue
			}
			if (mid[i] > y_to) {
				set label 100 + n sprintf("▲ %.2g", mid[i]) at workers[i] * dodge(look[i]), graph 0.96 center \
					tc rgb style_ink[look_style[look[i]]] font face_of("", 9) front
			}
			if (workers[i] == last && (!best || mid[i] > mid[best])) { best = i }
		}
		do for [i=1:cases] {
			if (group[i] != g || !valid[i] || workers[i] != last) { continue }
			if (!sure[i]) { contest = 0; break }
			if (family(look_style[look[i]]) != family(look_style[look[best]])) { contest = 1; rival = larger(rival, high[i]) }
		}
		if (contest) {
			if (low[best] > rival) {
				set label 3 family_name(look[best])." ahead" at graph 1, 1 right offset 0, 0.7 font face_of(":Bold", 10) \
					tc rgb style_ink[family(look_style[look[best]])] front
			} else {
				set label 3 "intervals overlap" at graph 1, 1 right offset 0, 0.7 font face_of("", 9) tc rgb faint front
			}
		}
		set label 4 fit(group_name[g], (panel_w - 105) / 7.8) at graph 0, 1 left offset 0, 0.7 font face_of(":Bold", 12) tc rgb ink
		# The corner that is free: few workers have no large speedup, and seldom no efficiency at all.
		if (known(job[g])) { set label 7 "job: ".short_time(job[g]) at graph 0.03, graph (y_log ? 0.94 : 0.06) left font face_of("", 9) tc rgb faint }
		if (g == 1) {
			set label 5 "workers" at screen px_x(62 + (W - 80) / 2.0), px_y(body - 12) center font face_of("", 11) tc rgb ink
			set label 6 y_title at screen px_x(16), px_y((body - 30) / 2.0) center rotate font face_of("", 11) tc rgb ink
		}

		# The scales are shared, so numbers stand at the left and at the foot of the grid only.
		at_left(s) = (g - 1) % across == 0 ? s : ""
		at_foot(s) = g + across > groups ? s : ""
		set xtics nomirror (); set ytics nomirror ()
		if (few) { do for [k=1:counts] { set xtics add (at_foot(sprintf("%d", count[k])) count[k]) } }
		else { do for [k=0:int(log2(w_max) + 0.01)] { set xtics add (at_foot(sprintf("%d", 2**k)) 2**k) } }
		if (!y_log) {
			do for [k=0:int(y_to / y_step + 0.01)] { set ytics add (at_left(sprintf("%g", k * y_step)) k * y_step) }
		} else { if (octaves < 1.9) {
			do for [t in "0.5 0.6 0.7 0.8 0.9 1 1.2 1.4 1.6 1.8 2 2.5 3 3.5 4"] { set ytics add (at_left(t) t + 0.0) }
		} else { if (octaves < 3.3) {
			do for [t in "0.25 0.35 0.5 0.7 1 1.4 2 2.8 4 5.6 8"] { set ytics add (at_left(t) t + 0.0) }
		} else {
			do for [k=-20:20:int(ceil(octaves / 8))] { set ytics add (at_left(k < 0 ? sprintf("1/%d", 2**-k) : sprintf("%d", 2**k)) 2.0**k) }
		} } }
		if (few || !parts) {
			do for [k=1:counts] {
				set arrow k from count[k] * 2**-0.4, ideal(count[k]) to count[k] * 2**0.4, ideal(count[k]) nohead ls 20 back
				set arrow 100 + k from count[k] * 2**-0.4, none(count[k]) to count[k] * 2**0.4, none(count[k]) nohead ls 23 back
			}
			if (!parts) { plot NaN }
			else { plot for [b=1:parts] $panel index b-1 using 1:2:3:4 with yerrorbars ls part_look[b] dt 1 lw 1.4 ps 0.95 * dot }
		} else {
			plot none(x) ls 23, ideal(x) ls 20, \
				for [b=1:parts] $panel index b-1 using 1:3:4 with filledcurves \
					fc rgb tinted(style_rgb[part_look[b]], 0.2) fs solid noborder, \
				for [b=1:parts] $panel index b-1 using 1:2 with lines ls part_look[b] lw 3 * part_order[b], \
				for [b=1:parts] $panel index b-1 using 1:2 with points ls part_look[b] ps 1.2 * dot * part_order[b]
		}
		unset arrow
		unset label
	}
	unset multiplot
	unset output
}
