# Bandwidth over the size of the message.
# gnuplot -c plots/bandwidth.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("bandwidth.gp")]
figure = "bandwidth"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "size of the message"; y_title = "payload per second"
x_text(v) = bytes_text(v)
y_text(v) = rate_text(v)
x_base = 32.0; y_log = 1; half = 0
load here."curves.gp"
