# How late a pool's job is over the pause before it.
# gnuplot -c plots/idle.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("idle.gp")]
figure = "idle"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "pause before the job"; y_title = "time from submission until all workers have answered"
x_text(v) = time_text(v)
y_text(v) = time_text(v)
x_base = 10.0; y_log = 1; half = 0
load here."curves.gp"
