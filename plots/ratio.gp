# Processes over threads, a forest plot: a row a label, a marker a pair, span and wall side by side.
# Right of 1 threads are faster, left of 1 processes; a pale marker's interval includes 1, or is unknown.
# gnuplot -c plots/ratio.gp ratios.csv OUTBASE TITLE CAPTION [SUITE]
here = ARG0[1:strlen(ARG0) - strlen("ratio.gp")]
figure = "ratio"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; suite = ARG5
load here."style.gp"
needed = "suite pair metric ratio low high label"
load here."table.gp"

array at[rows]; array mid[rows]; array low[rows]; array high[rows]; array sure[rows]; array line[rows]; array pair[rows]
array line_name[rows]; array pair_name[rows]; array sort_key[2 * rows]
n = 0; lost = 0; lined = 0; pairs = 0; spans = 0; walls = 0
do for [i=1:rows] {
	if (suite ne "" && suite ne text(i, "suite")) { continue }
	if (!(field(i, "ratio") > 0)) { lost = lost + 1; continue }
	n = n + 1; at[n] = i; mid[n] = field(i, "ratio")
	sure[n] = known(field(i, "low")) && known(field(i, "high"))
	low[n] = or_else(field(i, "low"), mid[n]); high[n] = or_else(field(i, "high"), mid[n])
	if (text(i, "metric") eq "span") { spans = spans + 1 } else { walls = walls + 1 }
	line[n] = 0; pair[n] = 0
	do for [j=lined:1:-1] { if (line_name[j] eq text(i, "label")) { line[n] = j; break } }
	if (!line[n]) { lined = lined + 1; line_name[lined] = text(i, "label"); line[n] = lined }
	do for [j=1:pairs] { if (pair_name[j] eq text(i, "pair")) { pair[n] = j; break } }
	if (!pair[n]) { pairs = pairs + 1; pair_name[pairs] = text(i, "pair"); pair[n] = pairs }
}
if (!n) { exit error sprintf("%s: no ratio%s", table, suite eq "" ? "" : " in suite ".suite) }
if (lost) { caption = caption.sprintf(" · %d pairs without a ratio", lost) }

# The scale fits the bulk; what lies far outside is named at the edge, where it cannot crush the rest.
do for [i=1:n] { sort_key[i] = abs(log2(mid[i])) }
sort_n = n
load here."sort.gp"
bulk = sort_key[order[int(ceil(0.9 * n))]]; most = sort_key[order[n]]
reach = larger(most < 1.6 * bulk ? 1.15 * most : 1.4 * bulk, log2(1.12))
edge = most > reach ? 1.2 * reach : reach       # the strip for what is named

label_w = 0
do for [j=1:lined] { label_w = larger(label_w, smaller(strlen(line_name[j]), 36) * 6.4) }
label_w = larger(label_w + 34, 90)
metrics = (spans > 0) + (walls > 0)
panel_w = (W - label_w - 24 - 24 * (metrics - 1)) / real(metrics)
line_h = lined > 60 ? 18 : lined > 20 ? 24 : 30
top = 48; plot_h = lined * line_h
body = top + plot_h + 44

array pair_style[pairs]; array legend_text[pairs + 1]; array legend_style[pairs + 1]
do for [k=1:pairs] {
	slash = strstrt(pair_name[k], "/")
	style = style_find(slash > 1 ? pair_name[k][1:slash - 1] : pair_name[k], 1)
	pair_style[k] = style ? style : spare + k % 4
	legend_text[k] = pair_name[k]; legend_style[k] = pair_style[k]
}
legend_text[pairs + 1] = "pale: no difference shown"; legend_style[pairs + 1] = 20
legends = pairs + 1; legend_line = 0
tics_of(r) = r < log2(1.35) ? "0.75 0.8 0.85 0.9 0.95 1 1.05 1.1 1.15 1.2 1.25 1.3" \
           : r < log2(1.7) ? "0.6 0.7 0.8 0.9 1 1.1 1.25 1.4 1.6" : r < log2(3) ? "0.33 0.4 0.5 0.67 0.8 1 1.25 1.5 2 2.5 3" : ""
array part_style[2 * pairs]; array part_rgb[2 * pairs]

do for [page=1:2] {
	load here."page.gp"
	set xrange [2**-edge:2**edge]; set logscale x 2
	set yrange [lined + 0.5:0.5]
	set border 1 ls 22
	set grid xtics ls 21
	unset ytics; set xtics nomirror ()
	if (reach < log2(3)) { do for [t in tics_of(reach)] { set xtics add (t t + 0.0) } }
	else { do for [k=0:20:int(ceil(reach / 5))] { set xtics add (sprintf(k ? "1/%d" : "%d", 2**k) 2.0**-k, sprintf("%d", 2**k) 2.0**k) } }

	panel = 0
	do for [metric in "span wall"] {
		if (metric eq "span" ? !spans : !walls) { continue }
		left = label_w + panel * (panel_w + 24)
		panel = panel + 1
		set lmargin at screen px_x(left); set rmargin at screen px_x(left + panel_w)
		set tmargin at screen px_y(top); set bmargin at screen px_y(top + plot_h)
		set object 1 rect from graph 0, 0 to first 1, graph 1 fc rgb process_tint fs solid noborder behind
		set object 2 rect from first 1, graph 0 to graph 1, 1 fc rgb thread_tint fs solid noborder behind
		set arrow 1 from 1, graph 0 to 1, graph 1 nohead lc rgb ink lw 1.2 back
		set label 1 metric eq "span" ? "span: the work itself" : "wall: launch to reap" \
			at graph 0.5, screen px_y(top - 34) center font face_of(":Bold", 12) tc rgb ink
		set label 2 "← processes faster" at graph 0, screen px_y(top - 12) left font face_of(":Bold", 11) tc rgb style_ink[5]
		set label 3 "threads faster →" at graph 1, screen px_y(top - 12) right font face_of(":Bold", 11) tc rgb style_ink[2]
		set label 4 "time of processes / time of threads" at graph 0.5, screen px_y(body - 10) center font face_of("", 11) tc rgb ink
		do for [j=1:lined] {
			if (panel == 1) {
				set label 10 + j fit(line_name[j], 36) at screen px_x(label_w - 10), first j right font face_of("", 10) tc rgb ink
			}
			if (j > 1) { set arrow 10 + j from graph 0, first j - 0.5 to graph 1, first j - 0.5 nohead lc rgb "#ffffff" lw 1.5 back }
		}

		parts = 0; far = 0
		array in_line[lined]
		do for [j=1:lined] { in_line[j] = 0 }
		set print $marks
		do for [k=1:pairs] { do for [pale=1:0:-1] {
			drawn = 0
			do for [i=1:n] {
				if (pair[i] != k || (text(at[i], "metric") eq "span") != (metric eq "span")) { continue }
				if ((!sure[i] || (low[i] <= 1 && high[i] >= 1)) != pale) { continue }
				y = line[i] + 0.76 / pairs * (k - (pairs + 1) / 2.0)
				if (abs(log2(mid[i])) > reach) {
					far = far + 1
					aside = 0.005 + 0.095 * in_line[line[i]]; in_line[line[i]] = in_line[line[i]] + 1
					if (mid[i] > 1) { set label 1000 + far sprintf("%.3g ▶", mid[i]) at graph 1 - aside, first y right }
					else { set label 1000 + far sprintf("◀ %.3g", mid[i]) at graph aside, first y left }
					set label 1000 + far font face_of(":Bold", 8) tc rgb style_ink[pair_style[k]] front
					continue
				}
				print sprintf("%.9g %.9g %.9g %.9g", mid[i], y, larger(low[i], 2**-edge), smaller(high[i], 2**edge))
				drawn = 1
			}
			if (drawn) {
				parts = parts + 1; part_style[parts] = pair_style[k]
				part_rgb[parts] = tinted(style_ink[pair_style[k]], pale ? 0.6 : 1)
				print ""; print ""
			}
		} }
		unset print
		if (!parts) { plot NaN } else { plot for [b=1:parts] $marks index b-1 using 1:2:3:4 with xerrorbars \
			lc rgb part_rgb[b] pt style_pt[part_style[b]] ps 0.85 * dot lw 1.6 }
		unset label; unset arrow; unset object
	}
	unset multiplot
	unset output
}
