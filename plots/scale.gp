# Speedup over one core of jobs of one size, on one host and on several, and what the model predicts.
# gnuplot -c plots/scale.gp scale.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("scale.gp")]
figure = "scale"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
what = "speedup"; y_title = "speedup over seq"; y_log = 1
ideal(w) = w
load here."hosts.gp"
