# Opens one page (1: SVG, 2: PNG at twice the size) and draws what every figure has: the title, the
# legend, the caption. The script then plots into the body and closes the page with `unset multiplot`.
# In: page, outbase, title, caption, body (height in px); legends, legend_text[], legend_style[],
#     legend_line (1: with a line; 2: where the style is no runner's). Out: H, and px_x(), px_y() from the page's left and the body's top.

# The finding is bold. What it adds after a semicolon stands below, in the type of the legend.
page_cut = strstrt(title, "; ")
page_title = wrap(page_cut > 1 ? title[1:page_cut - 1] : title, W / 10.4); page_caption = wrap(caption, W / 5.6)
page_more = page_cut > 1 ? wrap(title[page_cut + 2:*], W / 6.4) : ""
head = 18 + 20 * lines(page_title) + (page_cut > 1 ? 8 + 16 * lines(page_more) : 0)
foot = 10 + 12 * lines(page_caption)

# The legend flows over as many lines as it needs.
legend_gap = legend_line ? 62 : 40
legend_x = 24; legend_y = head + 10
array legend_at_x[legends + 1]; array legend_at_y[legends + 1]
do for [k=1:legends] {
	legend_width = legend_gap + 7.2 * strlen(legend_text[k])
	if (legend_x > 24 && legend_x + legend_width > W) { legend_x = 24; legend_y = legend_y + 20 }
	legend_at_x[k] = legend_x; legend_at_y[k] = legend_y
	legend_x = legend_x + legend_width
}
head = legends ? legend_y + 16 : head
H = int(ceil(head + body + foot))
px_x(x) = x / real(W)
px_y(y) = 1 - (head + y) / real(H)

if (page == 1) {
	set terminal svg size W, H noenhanced font "sans-serif,12" background "white"
	set output outbase.".svg"
} else {
	set terminal pngcairo size 2 * W, 2 * H noenhanced font face.",9" fontscale 2 linewidth 2 pointscale 2 background "white"
	set output outbase.".png"
}
# The SVG terminal knows no ":Bold" outside enhanced text, but it copies the name into an attribute.
face_of(style, size) = page == 1 ? sprintf("sans-serif%s,%g", style eq ":Bold" ? "\" font-weight=\"bold" : "", size) \
                     : sprintf("%s%s,%g", face, style, size * 0.75)
dot = page == 1 ? 0.76 : 1              # the SVG terminal draws points larger
do for [i=1:15] { set style line i ps 0.8 * dot }

set multiplot
unset label; unset arrow
set lmargin at screen 0; set rmargin at screen 1; set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset key; unset xlabel; unset ylabel; unset grid; unset logscale
set label 1 page_title at screen px_x(22), 1 - 22.0 / H left font face_of(":Bold", 16) tc rgb ink
set label 3 page_more at screen px_x(22), 1 - (26.0 + 20 * lines(page_title)) / H left font face_of("", 12) tc rgb ink
set label 2 page_caption at screen px_x(22), (foot - 8.0) / H left font face_of("", 9) tc rgb faint
do for [k=1:legends] {
	legend_y = 1 - legend_at_y[k] / real(H)
	if (legend_line == 1 || (legend_line && legend_style[k] >= 20)) {
		set arrow k from screen px_x(legend_at_x[k]), legend_y to screen px_x(legend_at_x[k] + 34), legend_y \
			nohead ls legend_style[k]
	}
	if (legend_style[k] < 20) {
		set label 10 + k "" at screen px_x(legend_at_x[k] + (legend_line ? 17 : 8)), legend_y point ls legend_style[k] ps dot
	}
	set label 50 + k legend_text[k] at screen px_x(legend_at_x[k] + (legend_line ? 40 : legend_style[k] < 20 ? 18 : 0)), legend_y left \
		font face_of("", 12) tc rgb ink
}
set xrange [0:1]; set yrange [0:1]
plot NaN notitle
unset label; unset arrow

set border 3 ls 22
tic_face = face_of("", 10)
set tics nomirror scale 0.4 font tic_face textcolor rgb ink
