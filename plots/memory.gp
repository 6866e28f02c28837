# What one worker occupies over the number of workers.
# gnuplot -c plots/memory.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("memory.gp")]
figure = "memory"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "workers"; y_title = "memory per worker"
x_text(v) = sprintf("%g", v)
y_text(v) = bytes_text(v * 1024)
x_base = 10.0; y_log = 1; half = 0
load here."curves.gp"
