# Efficiency of jobs that grow with the workers, on one host and on several, and what the model predicts.
# gnuplot -c plots/weak.gp scale.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("weak.gp")]
figure = "weak"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
what = "efficiency"; y_title = "parallel efficiency"; y_log = 0
ideal(w) = 1
load here."hosts.gp"
