# The time per page of memory that all workers map shared, over their number.
# gnuplot -c plots/mapping.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("mapping.gp")]
figure = "mapping"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "workers"; y_title = "time per page"
x_text(v) = sprintf("%g", v)
y_text(v) = time_text(v)
x_base = 2.0; y_log = 1; half = 0
load here."curves.gp"
