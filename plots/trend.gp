# The history of cases: a panel a case, a point a process invocation, a line for the level between two changes.
# gnuplot -c plots/trend.gp trend.csv OUTBASE TITLE CAPTION METRIC
here = ARG0[1:strlen(ARG0) - strlen("trend.gp")]
figure = "trend"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; metric = ARG5
load here."style.gp"
needed = "panel runner unit x when value level ratio change"
load here."table.gp"

panels = 0; looks = 0; strangers = 0; x_max = 1; any_change = 0
array first[rows]; array last[rows]; array look[rows]; array look_name[rows]; array look_style[rows]
do for [i=1:rows] {
	# Two cases may share a name, where nothing but their schedule differs; x then begins again.
	if (i == 1 || text(i, "panel") ne text(i - 1, "panel") || field(i, "x") <= field(i - 1, "x")) {
		panels = panels + 1; first[panels] = i; look[panels] = 0
		do for [k=1:looks] { if (look_name[k] eq text(i, "runner")) { look[panels] = k } }
		if (!look[panels]) {
			looks = looks + 1; look_name[looks] = text(i, "runner"); look[panels] = looks
			look_style[looks] = style_find(look_name[looks], 1)
			if (!look_style[looks]) { look_style[looks] = spare + strangers % 4; strangers = strangers + 1 }
		}
	}
	last[panels] = i
	x_max = larger(x_max, field(i, "x"))
	any_change = any_change || field(i, "change") > 0
}
unit = text(1, "unit")
y_text(v) = unit eq "ns" && v >= 0 ? time_text(v) : unit eq "KiB" && v >= 0 ? bytes_text(v * 1024) : sprintf("%g", v)
y_title = metric.(unit eq "" ? "" : unit eq "ns" || unit eq "KiB" ? " of one invocation" : " of one invocation, ".unit)

# A name that is too long for its panel goes on with the runner in a second line.
before_runner(g) = strstrt(text(first[g], "panel"), "/".text(first[g], "runner")."/")
name_lines(g, n) = strlen(text(first[g], "panel")) <= n || !before_runner(g) ? fit(text(first[g], "panel"), n) \
      : fit(text(first[g], "panel")[1:before_runner(g)], n)."\n".fit(text(first[g], "panel")[before_runner(g) + 1:*], n)
across = panels <= 3 ? 1 : panels <= 8 ? 2 : 3
down = int(ceil(panels / real(across)))
gap = 74; foot_h = 40
panel_w = (W - 88 - 44 - gap * (across - 1)) / real(across)
panel_h = panels == 1 ? 380 : down <= 2 ? 220 : down == 3 ? 180 : 150
body = down * (panel_h + 60) + foot_h

set style line 25 lc rgb ink lw 1.8
legends = looks + 1 + any_change; legend_line = 2
array legend_text[legends]; array legend_style[legends]
do for [k=1:looks] { legend_text[k] = look_name[k]; legend_style[k] = look_style[k] }
legend_text[looks + 1] = "level: the median between changes"; legend_style[looks + 1] = 25
if (any_change) { legend_text[legends] = "a change, and its factor"; legend_style[legends] = 20 }

# 1, 2 or 5 times a power of ten, some four of them in a range.
nice(range) = (nice_e = 10.0**floor(log10(range / 3)), nice_m = range / 3 / nice_e, \
      (nice_m < 1.5 ? 1 : nice_m < 3.5 ? 2 : nice_m < 7.5 ? 5 : 10) * nice_e)

do for [page=1:2] {
	load here."page.gp"
	set xrange [0:x_max + 1]
	set grid ytics ls 21
	do for [g=1:panels] {
		left = 88 + ((g - 1) % across) * (panel_w + gap)
		top = 46 + ((g - 1) / across) * (panel_h + 60)
		set lmargin at screen px_x(left); set rmargin at screen px_x(left + panel_w)
		set tmargin at screen px_y(top); set bmargin at screen px_y(top + panel_h)
		y_min = 1e300; y_max = -1e300
		do for [i=first[g]:last[g]] {
			y_min = smaller(y_min, field(i, "value")); y_max = larger(y_max, field(i, "value"))
		}
		if (y_max - y_min < 0.04 * abs(y_max)) {         # noise of a hair is not to fill the panel
			y_mid = (y_min + y_max) / 2.0; y_min = y_mid - 0.02 * abs(y_mid); y_max = y_mid + 0.02 * abs(y_mid)
		}
		if (y_max == y_min) { y_min = y_min - 1; y_max = y_max + 1 }
		y_pad = 0.12 * (y_max - y_min)
		y_from = y_min - y_pad; y_to = y_max + 2.2 * y_pad      # the factors stand above
		if (y_min >= 0) { y_from = larger(y_from, 0) }
		set yrange [y_from:y_to]
		set xtics nomirror (); set ytics nomirror ()
		step = nice(y_to - y_from)
		do for [q=0:9] {
			v = (ceil(y_from / step) + q) * step
			if (v <= y_to) { set ytics add (y_text(abs(v) < step / 1e6 ? 0 : v) v) }
		}
		# So many times of measurement as have room: each is the row nearest to its place.
		room = int(larger(2, smaller(6, panel_w / 92)))
		count = last[g] - first[g] + 1
		said = ""
		do for [q=0:room-1] {
			i = first[g] + int(floor(q * (count - 1) / real(room - 1) + 0.5))
			if (text(i, "when") ne said) { set xtics add (text(i, "when") field(i, "x")) }
			said = text(i, "when")
		}
		s = look_style[look[g]]
		unset label; unset arrow; marks = 0
		set print $points
		do for [i=first[g]:last[g]] { print sprintf("%.9g %.12g", field(i, "x"), field(i, "value")) }
		unset print
		# Each level runs from half a step before its first invocation to half a step after its last.
		set print $levels
		begin = first[g]
		do for [i=first[g]:last[g]] {
			if (i < last[g] && !(field(i + 1, "change") > 0)) { continue }
			print sprintf("%.9g %.12g", field(begin, "x") - 0.5, field(begin, "level"))
			print sprintf("%.9g %.12g", field(i, "x") + 0.5, field(i, "level"))
			print ""
			begin = i + 1
		}
		unset print
		do for [i=first[g]:last[g]] {
			if (!(field(i, "change") > 0)) { continue }
			marks = marks + 1
			set arrow marks from first field(i, "x") - 0.5, graph 0 to first field(i, "x") - 0.5, graph 1 nohead ls 20 back
			if (!known(field(i, "ratio"))) { continue }
			factor = sprintf("× %.3g", field(i, "ratio")); mark_x = field(i, "x") - 0.5
			mark_y = marks > 1 && mark_x - mark_last < x_max * 42 / panel_w && mark_y > 0.9 ? 0.86 : 0.94
			mark_last = mark_x
			if (mark_x > 0.85 * x_max) {
				set label marks factor at first mark_x, graph mark_y right offset -0.5, 0 font face_of(":Bold", 10) tc rgb ink front
			} else {
				set label marks factor at first mark_x, graph mark_y left offset 0.5, 0 font face_of(":Bold", 10) tc rgb ink front
			}
		}
		name = name_lines(g, panel_w / 7.8)
		set label 900 name at graph 0, 1 left offset 0, (lines(name) > 1 ? 1.9 : 0.7) font face_of(":Bold", 12) tc rgb ink
		if (g == 1) {
			set label 901 y_title at screen px_x(16), px_y((body - foot_h) / 2.0) center rotate font face_of("", 11) tc rgb ink
			set label 902 "process invocations, in the order in which they were measured" at screen px_x(88 + (W - 132) / 2.0), px_y(body - 14) \
				center font face_of("", 11) tc rgb ink
		}
		plot $points using 1:2 with points ls s ps 0.7 * dot lc rgb tinted(style_rgb[s], 0.55), \
			$levels using 1:2 with lines ls 25
	}
	unset multiplot
	unset output
}
