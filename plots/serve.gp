# What a server's requests take over the number of its connections.
# gnuplot -c plots/serve.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("serve.gp")]
figure = "serve"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "connections"; y_title = "time per request"
x_text(v) = sprintf("%g", v)
y_text(v) = time_text(v)
x_base = 10.0; y_log = 1; half = 0
load here."curves.gp"
