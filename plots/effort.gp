# Round trips over the size of the message.
# gnuplot -c plots/effort.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("effort.gp")]
figure = "effort"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "size of the message"; y_title = "CPU time per round trip"
x_text(v) = bytes_text(v)
y_text(v) = time_text(v)
x_base = 32.0; y_log = 1; half = 0
load here."curves.gp"
