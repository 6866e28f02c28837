# The overhead of a runner: wall - span (launch, start, exit) against span, at the largest
# worker count of each kernel and runner. On the diagonal, overhead equals work.
# gnuplot -c plots/creation.gp summary.csv OUTBASE TITLE CAPTION [SUITE]
here = ARG0[1:strlen(ARG0) - strlen("creation.gp")]
figure = "creation"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; suite = ARG5
load here."style.gp"
need = "span_ns wall_ns"; with_seq = 1
load here."cases.gp"

array span[cases]; array extra[cases]; array on[cases]; array most[groups * looks]
do for [p=1:groups*looks] { most[p] = 0 }
pair(i) = (group[i] - 1) * looks + look[i]
x_min = 1e300; x_max = 0; y_min = 1e300; y_max = 0; below = 0; points = 0
do for [i=1:cases] {
	span[i] = field(row[i], "span_ns"); extra[i] = field(row[i], "wall_ns") - span[i]
	on[i] = valid[i] && known(extra[i]) && span[i] > 0
	if (on[i]) { most[pair(i)] = larger(most[pair(i)], workers[i]) }
}
do for [i=1:cases] {
	on[i] = on[i] && workers[i] == most[pair(i)]
	if (on[i] && extra[i] <= 0) { on[i] = 0; below = below + 1 }
	if (on[i]) {
		points = points + 1
		x_min = smaller(x_min, span[i]); x_max = larger(x_max, span[i])
		y_min = smaller(y_min, extra[i]); y_max = larger(y_max, extra[i])
	}
}
if (!points) { exit error sprintf("%s: no case with wall_ns above span_ns", table) }
if (below) { caption = caption.sprintf(" · not shown: %d with wall no longer than span", below) }
# One core alone above the pools looks wrong and is not.
seq_shown = 0
do for [k=1:looks] { seq_shown = seq_shown || look_name[k] eq "seq" }
if (seq_shown && looks > 1) {
	caption = caption." · seq lies above the pools because it sets up and binds its worker in each job, as launched runners do; a pool does that once, when it opens"
}
x_from = 10**floor(log10(x_min) - 0.05); x_to = 10**ceil(log10(x_max) + 0.05)
y_from = 10**floor(log10(y_min) - 0.05); y_to = 10**ceil(log10(y_max) + 0.05)
x_to = larger(x_to, 10 * y_from)        # however small the work, the diagonal comes into sight

plot_w = W - 76 - 190; plot_h = 430
at_x(v) = 76 + plot_w * log10(v / x_from) / log10(x_to / x_from)
at_y(v) = plot_h * log10(y_to / v) / log10(y_to / y_from)
array sort_key[cases]

# Each runner has a line at its median overhead; its name stands at the right, clear of the others.
array median[looks]; array name_y[looks]
do for [k=1:looks] {
	sort_n = 0
	do for [i=1:cases] { if (on[i] && look[i] == k) { sort_n = sort_n + 1; sort_key[sort_n] = extra[i] } }
	load here."sort.gp"
	median[k] = sort_n ? (sort_key[order[(sort_n + 1) / 2]] + sort_key[order[sort_n / 2 + 1]]) / 2 : NaN
}
sort_n = looks
do for [k=1:looks] { sort_key[k] = known(median[k]) ? -median[k] : 1 }
load here."sort.gp"
last = -99
do for [j=1:looks] {
	k = order[j]
	if (known(median[k])) { name_y[k] = larger(at_y(median[k]), last + 18); last = name_y[k] }
}

# Each kernel is named above its work; the names are pushed apart, and left out when there is no room.
array work[groups]; array name_x[groups]; array by_work[groups]
name_h = 0; sort_n = 0
do for [g=1:groups] {
	n = 0; total = 0
	do for [i=1:cases] { if (on[i] && group[i] == g && (looks == 1 || runner[i] ne "seq")) { n = n + 1; total = total + log10(span[i]) } }
	work[g] = n ? 10**(total / n) : NaN
	if (n) { sort_n = sort_n + 1; by_work[sort_n] = g; sort_key[sort_n] = work[g] }
	name_h = larger(name_h, 6.6 * smaller(strlen(group_name[g]), 22))
}
named = sort_n * 13 < plot_w ? sort_n : 0
load here."sort.gp"
last = 0
do for [j=1:named] { g = by_work[order[j]]; name_x[g] = larger(at_x(work[g]), last + 13); last = name_x[g] }
last = 76 + plot_w + 13
do for [j=named:1:-1] { g = by_work[order[j]]; name_x[g] = smaller(name_x[g], last - 13); last = name_x[g] }
top = named ? 8 + name_h + 26 : 16
body = top + plot_h + 56

legends = 0; legend_line = 0
do for [page=1:2] {
	load here."page.gp"
	set lmargin at screen px_x(76); set rmargin at screen px_x(76 + plot_w)
	set tmargin at screen px_y(top); set bmargin at screen px_y(top + plot_h)
	set xrange [x_from:x_to]; set yrange [y_from:y_to]; set logscale xy 10
	set grid xtics ytics ls 21
	set xtics nomirror (); set ytics nomirror ()
	do for [e=-1:13] { do for [step in "1 2 5"] {
		t = step * 10.0**e
		if (step == 1 || x_to / x_from < 101) { set xtics add (time_text(t) t) }
		if (step == 1 || y_to / y_from < 101) { set ytics add (time_text(t) t) }
	} }
	set label 1 "work (span), at the largest worker count of each case" at graph 0.5, screen px_y(body - 12) center font face_of("", 11) tc rgb ink
	set label 2 "overhead (wall − span)" at screen px_x(16), graph 0.5 center rotate font face_of("", 11) tc rgb ink
	set label 7 "median overhead" at screen px_x(76 + plot_w + 14), screen px_y(top - 8) left font face_of("", 10) tc rgb faint
	slope = plot_h / log10(y_to / y_from) * log10(x_to / x_from) / plot_w
	do for [e=0:3] {
		share = 10.0**-e
		x = larger(x_from, y_from / share)
		if (x < x_to && x * share < y_to) {
			set label 3 + e e ? sprintf("%g %% of the work", 100 * share) : "overhead = work" \
				at screen px_x(at_x(x) + 12 + 12 / slope), screen px_y(top + at_y(x * share) - 8) left \
				font face_of(e ? "" : ":Bold", 9) tc rgb e ? faint : ink front
		}
	}
	do for [j=1:named] {
		g = by_work[order[j]]
		set label 100 + g fit(group_name[g], 22) at screen px_x(name_x[g]), screen px_y(top - 24) left rotate by 90 \
			font face_of("", 10) tc rgb ink
		set arrow 100 + g from screen px_x(name_x[g]), screen px_y(top - 20) to work[g], graph 1 nohead ls 22
		set arrow 300 + g from work[g], graph 1 to work[g], graph 0 nohead ls 21 back
	}
	do for [k=1:looks] {
		if (!known(median[k])) { continue }
		s = look_style[k]
		set arrow 500 + k from x_from, median[k] to x_to, median[k] nohead lc rgb tinted(style_rgb[s], 0.6) lw 1.2 dt style_dt[s]
		set arrow 600 + k from graph 1, first median[k] to screen px_x(76 + plot_w + 14), screen px_y(top + name_y[k]) nohead \
			lc rgb style_rgb[s] lw 1
		set label 500 + k "" at screen px_x(76 + plot_w + 22), screen px_y(top + name_y[k]) point ls s ps 1.1 * dot
		set label 600 + k fit(look_name[k], 14)." ".short_time(median[k]) at screen px_x(76 + plot_w + 32), screen px_y(top + name_y[k]) \
			left font face_of(":Bold", 11) tc rgb style_ink[s]
	}
	parts = 0
	array part_style[looks]
	set print $points
	do for [k=1:looks] {
		if (!known(median[k])) { continue }
		do for [i=1:cases] { if (on[i] && look[i] == k) { print sprintf("%.9g %.9g", span[i], extra[i]) } }
		parts = parts + 1; part_style[parts] = look_style[k]
		print ""; print ""
	}
	unset print
	plot [x=x_from:x_to] larger(y_from, smaller(x, y_to)) with filledcurves y=y_to fc rgb tinted(0, 0.035) fs solid noborder, \
		x with lines ls 20, x / 10 ls 24, x / 100 ls 24, x / 1000 ls 24, \
		for [b=1:parts] $points index b-1 using 1:2 with points ls part_style[b] ps 1.1 * dot lw 1.6
	unset multiplot
	unset output
}
