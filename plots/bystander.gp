# What an operation costs beside a worker that changes its memory, over the number of workers.
# gnuplot -c plots/bystander.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("bystander.gp")]
figure = "bystander"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "workers, one of which changes its memory"; y_title = "time per operation of the others"
x_text(v) = sprintf("%g", v)
y_text(v) = time_text(v)
x_base = 2.0; y_log = 1; half = 0
load here."curves.gp"
