# Speedup over seq by worker count. Both axes are powers of two, so the ideal is a straight line.
# gnuplot -c plots/speedup.gp summary.csv OUTBASE TITLE CAPTION [SUITE]
here = ARG0[1:strlen(ARG0) - strlen("speedup.gp")]
figure = "speedup"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; suite = ARG5
load here."style.gp"
value = "speedup"; y_title = "speedup over seq"; y_log = 1; y_step = 0; sorted = 0
ideal(w) = w
none(w) = 1
load here."panels.gp"
