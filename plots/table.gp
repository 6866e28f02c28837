# Reads a CSV file into cell[], byte by byte, because gnuplot's own reader cuts a field at a doubled
# quote and turns \n into a line break, and a kernel's name must come out as it went in.
# In: table, figure, needed (the columns, by name). Out: rows, text(row, name), field(row, name).

stats table binary format="%uchar" using 1 nooutput
csv_bytes = exists("STATS_records") ? STATS_records : 0
if (csv_bytes == 0) { exit error sprintf("%s: nothing in it", table) }

# Every evaluation costs gnuplot some system calls, and every assignment a search through all of its variables: so an
# evaluation takes sixteen bytes, and a plain byte assigns once. csv_quoted: 1 within quotes, 2 after a quote that closes
# them, or is the first of two.
array cell[csv_bytes + 1]
columns = 0; csv_k = 1; csv_quoted = 0; csv_s = ""; csv_bad = 0
csv_end(c) = (cell[csv_k] = csv_s, csv_s = "", csv_quoted = 0, csv_k = csv_k + 1)
csv_blank(c) = csv_s eq "" && csv_quoted == 0 && (columns == 0 ? csv_k == 1 : (csv_k - 1) % columns == 0)
csv_line(c) = csv_blank(c) ? 0 : (csv_end(c), columns == 0 ? columns = csv_k - 1 : 0, \
      (csv_k - 1) % columns && !csv_bad ? csv_bad = (csv_k - 1) / columns + 1 : 0)
csv_quote(c) = csv_quoted == 2 ? (csv_s = csv_s.'"', csv_quoted = 1) : (csv_quoted = csv_quoted + 1)
csv_put(c) = (csv_s = csv_s.(c < 32 ? " " : sprintf("%c", c)), 1)
csv_eat(c) = csv_quoted == 1 ? (c == 34 ? csv_quote(c) : csv_put(c)) : c > 44 ? csv_put(c) : c == 44 ? csv_end(c) \
      : c == 10 ? (csv_line(c), 1) : c == 34 ? csv_quote(c) : c < 32 ? 1 : csv_put(c)
csv_left = csv_bytes % 16
if (csv_bytes > csv_left) {
	stats table binary format="%16uchar" using (csv_eat($1) + csv_eat($2) + csv_eat($3) + csv_eat($4) + csv_eat($5) \
		+ csv_eat($6) + csv_eat($7) + csv_eat($8) + csv_eat($9) + csv_eat($10) + csv_eat($11) + csv_eat($12) \
		+ csv_eat($13) + csv_eat($14) + csv_eat($15) + csv_eat($16)) nooutput
}
if (csv_left) { stats table binary skip=csv_bytes - csv_left format="%uchar" using (csv_eat($1)) nooutput }
csv_rest = csv_line(10)
if (csv_bad) { exit error sprintf("%s: line %d has not the %d fields of the header", table, csv_bad, columns) }
rows = (csv_k - 1) / columns - 1
if (rows < 1) { exit error sprintf("%s: a header and no row", table) }

csv_column(name, j) = j > columns ? 0 : cell[j] eq name ? j : csv_column(name, j + 1)
missing(names) = sum [j=1:words(names)] (csv_column(word(names, j), 1) == 0)
text(row, name) = cell[row * columns + value("column_".name)]
field(row, name) = number(text(row, name))
if (missing(needed)) { exit error sprintf("%s: %s needs the columns %s", table, figure, needed) }
do for [name in needed] { eval sprintf("column_%s = %d", name, csv_column(name, 1)) }
