# Small multiples over the worker count: a panel a kernel, a line a runner, all on the same two scales.
# A panel says what its job takes on one core: a speedup of a short job is another thing than one of a long job.
# In: value (a column of summary.csv, with _low and _high), y_title, y_log, y_step,
#     ideal(w), none(w) (as fast as one core), sorted (1: panels by how far threads and processes are apart; of many, six
#     are large and the others small), and what cases.gp and page.gp ask for.

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

# A panel says which family is ahead at the largest count, unless the other family's intervals reach it.
family(s) = s == 1 ? 1 : s <= 4 || s == 9 ? 2 : s <= 8 || s == 10 || s == 11 ? 5 : s
family_name(k) = family(look_style[k]) == 2 ? "threads" : family(look_style[k]) == 5 ? "processes" : look_name[k]

# order[p]: the group of the p-th panel. apart[g]: of the best of both families at the most workers that both have.
array order[groups]; array apart[groups]
do for [g=1:groups] {
	order[g] = g; apart[g] = -1
	if (!sorted) { continue }
	do for [k=1:counts] {
		threads = 0; processes = 0
		do for [i=1:cases] {
			if (group[i] != g || workers[i] != count[k] || !valid[i]) { continue }
			if (family(look_style[look[i]]) == 2) { threads = larger(threads, mid[i]) }
			if (family(look_style[look[i]]) == 5) { processes = larger(processes, mid[i]) }
		}
		if (threads > 0 && processes > 0 && (apart[g] < 0 || count[k] > apart_at)) { apart[g] = abs(log(threads / processes)); apart_at = count[k] }
	}
}
do for [p=2:groups] {
	do for [q=p:2:-1] {
		if (apart[order[q]] <= apart[order[q - 1]]) { break }
		swapped = order[q]; order[q] = order[q - 1]; order[q - 1] = swapped
	}
}

# Panels are in rows; of many that are sorted, the small ones follow in rows of their own.
large = sorted && groups > 9 ? 6 : groups
across = large <= 3 ? large : large == 4 ? 2 : large <= 9 ? 3 : 4
down = int(ceil(large / real(across)))
large_h = across == 1 ? 400 : across == 2 ? 290 : across == 3 ? 200 : 150
small_across = 5; small_h = 92; small_gap = large < groups ? 46 : 0
small_top = 24 + down * (large_h + 30) + small_gap
body = down * (large_h + 30) + small_gap + int(ceil((groups - large) / real(small_across))) * (small_h + 26) + 40
is_small(p) = p > large
place(p) = is_small(p) ? p - large - 1 : p - 1
columns_at(p) = is_small(p) ? small_across : across
width_at(p) = (W - 62 - 18 - 18 * (columns_at(p) - 1)) / real(columns_at(p))
height_at(p) = is_small(p) ? small_h : large_h
left_at(p) = 62 + (place(p) % columns_at(p)) * (width_at(p) + 18)
top_at(p) = is_small(p) ? small_top + (place(p) / small_across) * (small_h + 26) : 24 + (place(p) / across) * (large_h + 30)

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
		if (!known(job[group[k]]) && text(i, "kernel").(python(i) eq "" ? "" : ", ".python(i)) eq kernel[k] && text(i, "suite") eq text(row[k], "suite") && text(i, "size") eq text(row[k], "size")) {
			job[group[k]] = field(i, "wall_ns")
		}
	}
}

array part_look[looks]; array part_order[looks]

do for [page=1:2] {
	load here."page.gp"
	set xrange [x_from:x_to]; set yrange [y_from:y_to]
	set logscale x 2
	if (y_log) { set logscale y 2 }
	set grid xtics ytics ls 21
	do for [p=1:groups] {
		g = order[p]; left = left_at(p); top = top_at(p); panel_w = width_at(p); panel_h = height_at(p)
		heading = is_small(p) ? 10 : 12; size = is_small(p) ? 0.7 : 1
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
				set label 3 family_name(look[best]).(is_small(p) ? "" : " ahead") at graph 1, 1 right offset 0, 0.7 font face_of(":Bold", is_small(p) ? 9 : 10) \
					tc rgb style_ink[family(look_style[look[best]])] front
			} else { if (!is_small(p)) {
				set label 3 "threads and processes: intervals overlap" at graph 1, 1 right offset 0, 0.7 font face_of("", 9) tc rgb faint front
			} }
		}
		set label 4 fit(group_name[g], (panel_w - (is_small(p) ? 62 : 105)) / (0.65 * heading)) at graph 0, 1 left offset 0, 0.7 \
			font face_of(":Bold", heading) tc rgb ink
		# The corner that is free: few workers have no large speedup, and seldom no efficiency at all.
		if (known(job[g]) && !is_small(p)) { set label 7 "job: ".short_time(job[g]) at graph 0.03, graph (y_log ? 0.94 : 0.06) left font face_of("", 9) tc rgb faint }
		if (p == large + 1) {
			set label 8 "The others, in the same order" at screen px_x(62), px_y(top - 40) left font face_of(":Bold", 11) tc rgb ink
		}
		if (p == 1) {
			set label 5 "workers" at screen px_x(62 + (W - 80) / 2.0), px_y(body - 12) center font face_of("", 11) tc rgb ink
			set label 6 y_title at screen px_x(16), px_y(12 + down * (large_h + 30) / 2.0) center rotate font face_of("", 11) tc rgb ink
		}

		# The scales are shared, so numbers stand at the left and at the foot of the grid only.
		at_left(s) = place(p) % columns_at(p) == 0 ? s : ""
		at_foot(s) = p + columns_at(p) > (is_small(p) ? groups : large) ? s : ""
		octaves_apart = int(ceil((log2(w_max) + 1) * 30 / panel_w))      # "1024" takes as much
		set xtics nomirror (); set ytics nomirror ()
		if (few) { do for [k=1:counts] { set xtics add (at_foot(sprintf("%d", count[k])) count[k]) } }
		else { do for [k=int(log2(w_max) + 0.01):0:-octaves_apart] { set xtics add (at_foot(sprintf("%d", 2**k)) 2**k) } }
		if (!y_log) {
			do for [k=0:int(y_to / y_step + 0.01)] { set ytics add (at_left(sprintf("%g", k * y_step)) k * y_step) }
		} else { if (octaves < 1.9) {
			do for [t in "0.5 0.6 0.7 0.8 0.9 1 1.2 1.4 1.6 1.8 2 2.5 3 3.5 4"] { set ytics add (at_left(t) t + 0.0) }
		} else { if (octaves < 3.3) {
			do for [t in "0.25 0.35 0.5 0.7 1 1.4 2 2.8 4 5.6 8"] { set ytics add (at_left(t) t + 0.0) }
		} else {
			do for [k=0:20:int(ceil(octaves * 18 / panel_h))] { set ytics add (at_left(sprintf("%d", 2**k)) 2.0**k); if (k) { set ytics add (at_left(sprintf("1/%d", 2**k)) 2.0**-k) } }
		} } }
		if (few || !parts) {
			do for [k=1:counts] {
				set arrow k from count[k] * 2**-0.4, ideal(count[k]) to count[k] * 2**0.4, ideal(count[k]) nohead ls 20 back
				set arrow 100 + k from count[k] * 2**-0.4, none(count[k]) to count[k] * 2**0.4, none(count[k]) nohead ls 23 back
			}
			if (!parts) { plot NaN }
			else { plot for [b=1:parts] $panel index b-1 using 1:2:3:4 with yerrorbars ls part_look[b] dt 1 lw 1.4 ps 0.95 * dot * size }
		} else {
			plot none(x) ls 23, ideal(x) ls 20, \
				for [b=1:parts] $panel index b-1 using 1:3:4 with filledcurves \
					fc rgb tinted(style_rgb[part_look[b]], 0.2) fs solid noborder, \
				for [b=1:parts] $panel index b-1 using 1:2 with lines ls part_look[b] lw 3 * part_order[b] * size, \
				for [b=1:parts] $panel index b-1 using 1:2 with points ls part_look[b] ps 1.2 * dot * part_order[b] * size
		}
		unset arrow
		unset label
	}
	unset multiplot
	unset output
}
