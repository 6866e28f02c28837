# Page tables of all workers that map the same memory, over their number.
# gnuplot -c plots/tables.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("tables.gp")]
figure = "tables"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "workers"; y_title = "page tables of all workers"
x_text(v) = sprintf("%g", v)
y_text(v) = bytes_text(v * 1024)
x_base = 2.0; y_log = 1; half = 0
load here."curves.gp"
