# Efficiency over the size of a task; where a line crosses one half is its METG(50 %).
# gnuplot -c plots/grain.gp curves.csv OUTBASE TITLE CAPTION
here = ARG0[1:strlen(ARG0) - strlen("grain.gp")]
figure = "grain"; table = ARG1; outbase = ARG2; title = ARG3; caption = ARG4
load here."style.gp"
x_title = "size of a task"; y_title = "efficiency: sequential time / (workers × wall time)"
x_text(v) = time_text(v)
y_text(v) = sprintf("%g %%%%", 100 * v)   # a tic is a format
x_base = 10.0; y_log = 0; half = 1
load here."curves.gp"
