# The visual language of every figure: page, type, palette, words for numbers.
# Threads are blue, processes orange to purple; pools are hollow and dashed, so that
# black-and-white print works too. A runner looks the same in every figure.

# Names and units are UTF-8. In the C locale gnuplot says that it cannot convert a degree sign: run it
# under LC_ALL=C.UTF-8 for a silent run; the figures are the same.
set encoding utf8
W = 1000                                # page width in px; README shows about 900
ink = "#222222"; faint = "#6b6b6b"; hair = "#e6e6e6"
thread_tint = "#f1f6fb"; process_tint = "#fbf6f1"

array style_name[11] = ["seq", "pthread", "pthread-pool", "openmp", "fork", "fork-pool", "spawn", "mpi", "pthread-steal", "fork-steal", "forkserver"]
array style_rgb[15] = [0x777777, 0x0072B2, 0x56B4E9, 0x009E73, 0xD55E00, 0xE69F00, 0xB0478F, 0x7A4B00, \
                       0x123A6B, 0x8A2F00, 0xC2185B, 0x000000, 0x8C8C00, 0x5E3C99, 0x2F4F4F]
# The same as letters: the light ones darkened, to be read on white.
array style_ink[15] = [0x666666, 0x0072B2, 0x2B83B5, 0x00805E, 0xD55E00, 0xB27300, 0xB0478F, 0x7A4B00, \
                       0x123A6B, 0x8A2F00, 0xC2185B, 0x000000, 0x6E6E00, 0x5E3C99, 0x2F4F4F]
array style_pt[15]  = [2, 7, 6, 9, 5, 4, 13, 11, 9, 11, 12, 15, 8, 12, 10]
array style_dt[15]  = [1, 1, 2, 4, 1, 2, 3, 4, 1, 1, 3, 1, 2, 3, 4]
spare = 12                              # the first of the four looks for strangers
do for [i=1:15] { set style line i lc rgb style_rgb[i] pt style_pt[i] dt style_dt[i] lw 1.6 }
set style line 20 lc rgb ink lw 1.1 dt (9,6)            # the ideal
set style line 23 lc rgb 0x777777 lw 1.2                # seq as a yardstick
set style line 24 lc rgb "#c4c4c4" lw 0.9               # other guides
set style line 21 lc rgb hair lw 0.8                    # grid
set style line 22 lc rgb "#9a9a9a" lw 0.8               # border

# 0: a runner nobody foresaw; cases.gp gives it one of the spare looks.
style_find(s, i) = i > 11 ? 0 : style_name[i] eq s ? i : style_find(s, i + 1)
tinted(rgb, alpha) = (int(255 * (1 - alpha)) << 24) + int(rgb)

face = "DejaVu Sans"                    # the PNG's; the SVG takes the reader's own sans-serif
set errorbars 0

larger(a, b) = a > b ? a : b
smaller(a, b) = a < b ? a : b
log2(x) = log(x) / log(2)
# Without a point gnuplot reads an integer, and 1e+08 is none.
with_point(s) = strstrt(s, ".") || !strstrt(s, "e") ? s : s[1:strstrt(s, "e") - 1].".0".s[strstrt(s, "e"):strlen(s)]
number(s) = s eq "" || strstrt("nan NaN -nan inf -inf", s) ? NaN : with_point(s) + 0.0
known(x) = x == x
or_else(x, y) = known(x) ? x : y
time_text(ns) = ns < 1e3 ? sprintf("%g ns", ns) : ns < 1e6 ? sprintf("%g µs", ns / 1e3) \
              : ns < 1e9 ? sprintf("%g ms", ns / 1e6) : sprintf("%g s", ns / 1e9)
short_time(ns) = ns < 1e3 ? sprintf("%.0f ns", ns) : ns < 1e6 ? sprintf("%.3g µs", ns / 1e3) \
               : ns < 1e9 ? sprintf("%.3g ms", ns / 1e6) : sprintf("%.3g s", ns / 1e9)

bytes_text(b) = b < 1024 ? sprintf("%g B", b) : b < 2**20 ? sprintf("%g KiB", b / 2**10) \
              : b < 2**30 ? sprintf("%g MiB", b / 2**20) : sprintf("%g GiB", b / 2**30)
rate_text(r) = r < 1e3 ? sprintf("%g B/s", r) : r < 1e6 ? sprintf("%g kB/s", r / 1e3) \
             : r < 1e9 ? sprintf("%g MB/s", r / 1e6) : sprintf("%g GB/s", r / 1e9)

# Text is measured in characters: DejaVu Sans runs to about 0.6 of its size.
fit(s, n) = strlen(s) > n ? s[1:int(n / 2)]."…".s[strlen(s) - int(n / 2) + 2:*] : s
# A number and its unit stay together.
unit_after(s, k) = strstrt("0123456789", s[k - 1:k - 1]) > 0 && strstrt("µnmsKMG%B", s[k + 1:k + 1]) > 0
blank_before(s, k) = k < 2 ? 0 : s[k:k] eq " " && !unit_after(s, k) ? k : blank_before(s, k - 1)
break_at(s, n) = blank_before(s, n + 1) > 0 ? blank_before(s, n + 1) : n
wrap(s, n) = strlen(s) <= n ? s : \
             s[1:break_at(s, n)]."\n".wrap(s[break_at(s, n) + 1:*], n)
lines(s) = strstrt(s, "\n") > 0 ? 1 + lines(s[strstrt(s, "\n") + 1:*]) : 1
