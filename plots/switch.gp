# Handing over to another worker over the working set that each touches.
# gnuplot -c plots/switch.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("switch.gp")]
figure = "switch"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "working set of each worker"; y_title = "time of one hand-over"
x_text(v) = bytes_text(v)
y_text(v) = time_text(v)
x_base = 8.0; y_log = 1; half = 0
load here."curves.gp"
