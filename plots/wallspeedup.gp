# Speedup of whole jobs, launch and exit included, over one core by worker count.
# gnuplot -c plots/wallspeedup.gp summary.csv OUTBASE TITLE CAPTION [SUITE]
here = ARG0[1:strlen(ARG0) - strlen("wallspeedup.gp")]
figure = "wallspeedup"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; suite = ARG5
load here."style.gp"
value = "wall_speedup"; y_title = "speedup of the whole job over one core"; y_log = 1; y_step = 0; sorted = 0
ideal(w) = w
none(w) = 1
load here."panels.gp"
