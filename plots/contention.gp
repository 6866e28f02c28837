# Operations a second over the number of workers, in units of what one worker alone does.
# gnuplot -c plots/contention.gp summary.csv OUTBASE TITLE CAPTION [SUITE]
here = ARG0[1:strlen(ARG0) - strlen("contention.gp")]
figure = "contention"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; suite = ARG5
load here."style.gp"
value = "speedup"; y_title = "operations a second, over one worker's"; y_log = 1; y_step = 0; sorted = 1
ideal(w) = w
none(w) = 1
load here."panels.gp"
