# Efficiency (speedup by worker count), from zero; 1 means that every worker earns its place.
# gnuplot -c plots/efficiency.gp summary.csv OUTBASE TITLE CAPTION [SUITE]
here = ARG0[1:strlen(ARG0) - strlen("efficiency.gp")]
figure = "efficiency"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4; suite = ARG5
load here."style.gp"
value = "efficiency"; y_title = "efficiency (speedup / workers)"; y_log = 0; y_step = 0.2; sorted = 0
ideal(w) = 1
none(w) = 1.0 / w
load here."panels.gp"
