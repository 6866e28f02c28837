# What a gate found: a row a comparison, the largest ratios first, with its interval; the short upright mark is
# the margin. A regression is a filled square, what cannot be told is pale.
# gnuplot -c plots/intervals.gp verdicts.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("intervals.gp")]
figure = "intervals"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
needed = "case metric ratio low high margin verdict"
load here."table.gp"

rows_max = 60
sort_n = 0
array at[rows]; array sort_key[rows]
do for [i=1:rows] {
	if (field(i, "ratio") > 0) { sort_n = sort_n + 1; at[sort_n] = i; sort_key[sort_n] = -log(field(i, "ratio")) }
}
if (!sort_n) { exit error sprintf("%s: no ratio", table) }
load here."sort.gp"
n = smaller(sort_n, rows_max)
if (n < sort_n) { caption = caption.sprintf(" · %d comparisons with smaller ratios are not drawn", sort_n - n) }

# The scale fits the points and the margins; an interval may go out of it.
reach = 0.03
do for [i=1:sort_n] { reach = larger(reach, larger(abs(sort_key[i]), log(1 + field(at[i], "margin"))) * 1.35) }
reach = smaller(reach, log(4))

row_h = n > 30 ? 16 : 22
label_w = 90
do for [k=1:n] { label_w = larger(label_w, smaller(strlen(text(at[order[k]], "case")), 56) * 6.1 + 34) }
top = 26; plot_h = n * row_h
body = top + plot_h + 48
legends = 3; legend_line = 0
array legend_text[3]; array legend_style[3]
legend_text[1] = "regression"; legend_style[1] = 12
legend_text[2] = "no regression shown"; legend_style[2] = 13
set style line 12 lc rgb 0x000000 pt 5  # runners have no place here: their looks are free
set style line 13 lc rgb 0x666666 pt 7
legend_text[3] = "pale: cannot tell · upright mark: the margin"; legend_style[3] = 20
array part_rgb[3]; array part_pt[3]
part_rgb[1] = 0x000000; part_pt[1] = 5
part_rgb[2] = 0x666666; part_pt[2] = 7
part_rgb[3] = tinted(0x666666, 0.5); part_pt[3] = 7
part_of(verdict) = verdict eq "regression" ? 1 : verdict eq "cannot tell" ? 3 : 2
step = reach < 0.045 ? 0.01 : reach < 0.09 ? 0.02 : reach < 0.25 ? 0.05 : reach < 0.5 ? 0.1 : 0.25

do for [page=1:2] {
	load here."page.gp"
	set lmargin at screen px_x(label_w); set rmargin at screen px_x(W - 24)
	set tmargin at screen px_y(top); set bmargin at screen px_y(top + plot_h)
	set xrange [exp(-reach):exp(reach)]; set logscale x
	set yrange [n + 0.5:0.5]
	set border 1 ls 22
	set grid xtics ls 21
	unset ytics; set xtics nomirror ()
	do for [k=-20:40] {
		tic = 1 + k * step
		if (tic > exp(-reach) && tic < exp(reach)) { set xtics add (sprintf("%s%.0f %%%%", tic > 1 ? "+" : "", 100 * (tic - 1)) tic) }
	}
	set xtics add ("same" 1)
	set arrow 1 from 1, graph 0 to 1, graph 1 nohead lc rgb ink lw 1.2 back
	set label 2 "← head faster" at graph 0, screen px_y(top - 10) left font face_of(":Bold", 11) tc rgb ink
	set label 3 "head slower →" at graph 1, screen px_y(top - 10) right font face_of(":Bold", 11) tc rgb ink
	set label 4 "head over base, with the interval of 95 %" at graph 0.5, screen px_y(body - 10) center font face_of("", 11) tc rgb ink
	set print $marks
	do for [part=1:3] {
		print "NaN NaN NaN NaN"
		do for [k=1:n] {
			i = at[order[k]]
			if (part_of(text(i, "verdict")) == part) {
				mid = field(i, "ratio")
				print sprintf("%.9g %d %.9g %.9g", mid, k, larger(or_else(field(i, "low"), mid), exp(-reach)), \
					smaller(or_else(field(i, "high"), mid), exp(reach)))
			}
		}
		print ""; print ""
	}
	unset print
	do for [k=1:n] {
		i = at[order[k]]
		shown = text(i, "metric") eq "span_ns" ? text(i, "case") : text(i, "case")." ".text(i, "metric")
		set label 100 + k fit(shown, 56) at screen px_x(label_w - 10), first k right font face_of("", 10) tc rgb ink
		margin = 1 + field(i, "margin")
		set arrow 100 + k from margin, first k - 0.3 to margin, first k + 0.3 nohead lc rgb 0xB0478F lw 1.4 back
	}
	plot for [b=1:3] $marks index b-1 using 1:2:3:4 with xerrorbars lc rgb part_rgb[b] pt part_pt[b] ps 0.9 * dot lw 1.6
	unset label; unset arrow
	unset multiplot
	unset output
}
