# Speedup over one core by worker count. Both axes are powers of two, so the ideal is a straight line.
# gnuplot -c plots/workers.gp summary.csv OUTBASE TITLE CAPTION [SUITE]
here = ARG0[1:strlen(ARG0) - strlen("workers.gp")]
figure = "workers"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; suite = ARG5
load here."style.gp"
value = "speedup"; y_title = "speedup over one core"; y_log = 1; y_step = 0; sorted = 0
ideal(w) = w
none(w) = 1
load here."panels.gp"
