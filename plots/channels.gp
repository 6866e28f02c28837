# Channels side by side, the fastest first: the round trip of the smallest message, the CPU time that it takes, and the bandwidth with
# the largest message. A row per channel, a mark per runner.
# gnuplot -c plots/channels.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("channels.gp")]
figure = "channels"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
needed = "figure panel series x value low high"
load here."table.gp"

array part_of[3]; array part_x[3]; array part_title[3]; array part_from[3]; array part_to[3]
part_of[1] = "latency"; part_of[2] = "effort"; part_of[3] = "bandwidth"
array channel[rows]; array channel_name[rows]; array best[rows]; array look[rows]; array look_name[rows]; array look_style[rows]; array part[rows]
channels = 0; looks = 0; strangers = 0; parts = 0
do for [p=1:3] { part_x[p] = NaN; part_from[p] = 1e30; part_to[p] = 0 }
do for [i=1:rows] {
	part[i] = 0
	do for [p=1:3] { if (text(i, "figure") eq part_of[p] && field(i, "value") > 0) { part[i] = p } }
	p = part[i]; v = field(i, "x")
	if (p) { part_x[p] = !known(part_x[p]) || (p == 3 ? v > part_x[p] : v < part_x[p]) ? v : part_x[p] }
}
do for [i=1:rows] {
	p = part[i]
	if (!p || field(i, "x") != part_x[p]) { part[i] = 0; continue }
	channel[i] = 0; look[i] = 0
	do for [k=1:channels] { if (channel_name[k] eq text(i, "panel")) { channel[i] = k; break } }
	if (!channel[i]) { channels = channels + 1; channel_name[channels] = text(i, "panel"); channel[i] = channels; best[channels] = NaN }
	do for [k=1:looks] { if (look_name[k] eq text(i, "series")) { look[i] = k; break } }
	if (!look[i]) {
		looks = looks + 1; look_name[looks] = text(i, "series"); look[i] = looks
		look_style[looks] = style_find(look_name[looks], 1)
		if (!look_style[looks]) { look_style[looks] = spare + strangers % 4; strangers = strangers + 1 }
	}
	if (p == 1) { best[channel[i]] = known(best[channel[i]]) ? smaller(best[channel[i]], field(i, "value")) : field(i, "value") }
	part_from[p] = smaller(part_from[p], field(i, "value")); part_to[p] = larger(part_to[p], field(i, "value"))
}
if (!channels) { exit error sprintf("%s: no channel", table) }
sort_n = channels
array sort_key[channels]; array line[channels]
do for [k=1:channels] { sort_key[k] = or_else(best[k], 1e29) }
load here."sort.gp"
do for [j=1:channels] { line[order[j]] = j }

part_title[1] = sprintf("round trip of %s", bytes_text(or_else(part_x[1], 1)))
part_title[2] = sprintf("CPU time per round trip of %s", bytes_text(or_else(part_x[2], 1)))
part_title[3] = sprintf("bandwidth with %s", bytes_text(or_else(part_x[3], 1)))
do for [p=1:3] { if (part_to[p] > 0) { parts = parts + 1 } }
label_w = 90
do for [k=1:channels] { label_w = larger(label_w, smaller(strlen(channel_name[k]), 36) * 6.4 + 34) }
panel_w = (W - label_w - 36 - 30 * (parts - 1)) / real(parts)
row_h = 24
top = 30; plot_h = channels * row_h
body = top + plot_h + 44
legends = looks + 1; legend_line = 0
array legend_text[looks + 1]; array legend_style[looks + 1]
do for [k=1:looks] { legend_text[k] = look_name[k]; legend_style[k] = look_style[k] }
legend_text[looks + 1] = "the fastest channel first"; legend_style[looks + 1] = 20

do for [page=1:2] {
	load here."page.gp"
	set yrange [channels + 0.5:0.5]; set logscale x 10
	set border 1 ls 22
	set grid xtics ls 21
	unset ytics
	panel = 0
	do for [p=1:3] {
		if (!(part_to[p] > 0)) { continue }
		x_from = part_from[p] / 2; x_to = part_to[p] * 2
		left = label_w + panel * (panel_w + 30)
		panel = panel + 1
		set lmargin at screen px_x(left); set rmargin at screen px_x(left + panel_w)
		set tmargin at screen px_y(top); set bmargin at screen px_y(top + plot_h)
		set xrange [x_from:x_to]
		set xtics nomirror ()
		do for [e=-3:15] { if (10.0**e >= x_from && 10.0**e <= x_to) { set xtics add (p == 3 ? rate_text(10.0**e) : time_text(10.0**e) 10.0**e) } }
		set label 1 part_title[p] at graph 0.5, screen px_y(top - 14) center font face_of(":Bold", 11) tc rgb ink
		set label 2 p == 3 ? "more is better →" : "← less is better" at graph 0.5, screen px_y(body - 10) center font face_of("", 11) tc rgb ink
		do for [k=1:channels] {
			if (panel == 1) { set label 10 + k fit(channel_name[k], 36) at screen px_x(label_w - 10), first line[k] right font face_of("", 10) tc rgb ink }
			set arrow 10 + k from graph 0, first line[k] to graph 1, first line[k] nohead ls 21 back
		}
		set print $marks
		print "NaN NaN NaN NaN NaN"
		do for [i=1:rows] {
			if (part[i] != p) { continue }
			mid = field(i, "value")
			print sprintf("%.9g %.9g %.9g %.9g %d", mid, line[channel[i]] + 0.4 / looks * (look[i] - (looks + 1) / 2.0), \
				larger(or_else(field(i, "low"), mid), x_from), smaller(or_else(field(i, "high"), mid), x_to), look[i])
		}
		unset print
		plot for [k=1:looks] $marks using ($5 == k ? $1 : NaN):2:3:4 with xerrorbars ls look_style[k] dt 1 lw 1.4 ps 0.9 * dot
		unset label; unset arrow
	}
	unset multiplot
	unset output
}
