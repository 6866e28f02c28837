# How soon a first result is there, over the memory of the parent; a panel a number of its threads.
# gnuplot -c plots/firstwork.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("firstwork.gp")]
figure = "firstwork"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "private memory of the parent"; y_title = "from asking to the first result"
x_text(v) = bytes_text(v)
y_text(v) = time_text(v)
x_base = 4.0; y_log = 1; half = 0
load here."curves.gp"
