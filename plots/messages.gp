# What a message takes and how much goes a second, over its size: between ranks of one host, of two, and beside the channels of one machine.
# gnuplot -c plots/messages.gp scale.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("messages.gp")]
figure = "messages"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
needed = "what kind kernel size runner hosts value low high"
load here."table.gp"

# "message-latency" and "message-bandwidth" are MPI's; "latency-pipe" is a pipe's.
after(s, prefix) = strstrt(s, prefix) == 1 ? s[strlen(prefix) + 1:*] : s
channel(s) = strstrt(s, "message-") == 1 ? "" : after(after(s, "latency-"), "bandwidth-")
name_of(i) = channel(text(i, "kernel")) eq "" ? text(i, "runner").(field(i, "hosts") > 1 ? sprintf(", %d hosts", field(i, "hosts")) : ", one host") \
           : channel(text(i, "kernel")).", one host"
kind_of(i) = text(i, "what") eq "latency" ? 1 : text(i, "what") eq "bandwidth" ? 2 : 0
array look_name[rows]; array look[rows]
looks = 0
do for [i=1:rows] {
	look[i] = 0
	if (!kind_of(i) || text(i, "kind") ne "measured" || !known(field(i, "value"))) { continue }
	do for [k=1:looks] { if (look_name[k] eq name_of(i)) { look[i] = k; break } }
	if (!look[i]) { looks = looks + 1; look_name[looks] = name_of(i); look[i] = looks }
}
if (looks == 0) { exit error sprintf("%s: no message", table) }
# None of the colours that mean threads or processes elsewhere.
rgb_of(s) = strstrt(s, "mpi, one") == 1 ? 0x000000 : strstrt(s, "mpi") == 1 ? 0x5E3C99 : strstrt(s, "pipe") == 1 ? 0x8C8C00 : \
            strstrt(s, "tcp") == 1 ? 0x2F4F4F : 0x999999
pt_of(s) = strstrt(s, "mpi, one") == 1 ? 6 : strstrt(s, "mpi") == 1 ? 7 : strstrt(s, "pipe") == 1 ? 4 : strstrt(s, "tcp") == 1 ? 8 : 12
do for [k=1:looks] {
	set style line 30 + k lc rgb rgb_of(look_name[k]) pt pt_of(look_name[k])
	if (strstrt(look_name[k], "mpi") == 1) { set style line 30 + k lw 2.4 dt 1 } else { set style line 30 + k lw 1.3 dt 2 }
}
legends = looks; legend_line = 2
array legend_text[looks]; array legend_style[looks]
do for [k=1:looks] { legend_text[k] = look_name[k]; legend_style[k] = 30 + k }
panel_w = (W - 90 - 18 - 90) / 2.0; panel_h = 340
body = panel_h + 74
array part_look[looks]

do for [page=1:2] {
	load here."page.gp"
	unset border; unset tics
	do for [k=1:looks] { set label 100 + k "" at screen px_x(legend_at_x[k] + 17), 1 - legend_at_y[k] / real(H) point ls 30 + k ps dot }
	plot NaN notitle
	unset label
	set border 3 ls 22
	set logscale x 2; set logscale y 10
	set grid xtics ytics ls 21
	do for [g=1:2] {
		left = 90 + (g - 1) * (panel_w + 90)
		set lmargin at screen px_x(left); set rmargin at screen px_x(left + panel_w)
		set tmargin at screen px_y(24); set bmargin at screen px_y(24 + panel_h)
		parts = 0; x_max = 1; y_min = 1e30; y_max = 0
		set print $panel
		do for [k=1:looks] {
			drawn = 0
			do for [i=1:rows] {
				if (look[i] != k || kind_of(i) != g || field(i, "value") <= 0) { continue }
				print sprintf("%.9g %.9g %.9g %.9g", field(i, "size"), field(i, "value"), \
					or_else(field(i, "low"), field(i, "value")), or_else(field(i, "high"), field(i, "value")))
				drawn = drawn + 1
				x_max = larger(x_max, field(i, "size")); y_min = smaller(y_min, field(i, "value")); y_max = larger(y_max, field(i, "value"))
			}
			if (drawn) { parts = parts + 1; part_look[parts] = 30 + k; print ""; print "" }
		}
		unset print
		set xrange [0.6:x_max * 1.8]
		y_from = y_max > 0 ? y_min / 1.8 : 1; y_to = y_max > 0 ? y_max * 1.8 : 10
		set yrange [y_from:y_to]
		set xtics nomirror (); set ytics nomirror ()
		do for [e=0:40:5] { if (2.0**e <= x_max * 1.8) { set xtics add (bytes_text(2.0**e) 2.0**e) } }
		do for [e=-3:15] { if (10.0**e >= y_from && 10.0**e <= y_to) { set ytics add ((g == 1 ? time_text(10.0**e) : rate_text(10.0**e)) 10.0**e) } }
		set label 4 (g == 1 ? "a message, one way" : "payload per second") at graph 0, 1 left offset 0, 0.7 font face_of(":Bold", 12) tc rgb ink
		set label 5 "size of the message" at graph 0.5, screen px_y(body - 14) center font face_of("", 11) tc rgb ink
		if (!parts) { plot NaN notitle }
		else {
			plot for [b=1:parts] $panel index b-1 using 1:2 with lines ls part_look[b], \
				for [b=1:parts] $panel index b-1 using 1:2:3:4 with yerrorbars ls part_look[b] dt 1 ps 0.95 * dot
		}
		unset label
	}
	unset multiplot
	unset output
}
