# The steps of a worker's life over the number of workers.
# gnuplot -c plots/lives.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("lives.gp")]
figure = "lives"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "workers"; y_title = "mean time per worker"
x_text(v) = sprintf("%g", v)
y_text(v) = time_text(v)
x_base = 10.0; y_log = 1; half = 0
load here."curves.gp"
