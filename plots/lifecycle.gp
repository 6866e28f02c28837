# One worker's life over the memory that its parent holds.
# gnuplot -c plots/lifecycle.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("lifecycle.gp")]
figure = "lifecycle"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "private memory of the parent"; y_title = "time from launch to reaped"
x_text(v) = bytes_text(v)
y_text(v) = time_text(v)
x_base = 4.0; y_log = 1; half = 0
load here."curves.gp"
