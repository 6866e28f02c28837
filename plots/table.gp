# Reads a CSV file into cell[], byte by byte, because gnuplot's own reader cuts a field at a doubled
# quote and turns \n into a line break, and a kernel's name must come out as it went in.
# In: table, figure, needed (the columns, by name). Out: rows, text(row, name), field(row, name).

csv_bytes = 0; csv_fields = 1
stats table binary format="%uchar" using (csv_bytes = csv_bytes + 1, \
      $1 == 44 || $1 == 10 ? csv_fields = csv_fields + 1 : 0, 1) nooutput
if (csv_bytes == 0) { exit error sprintf("%s: nothing in it", table) }

array cell[csv_fields]
columns = 0; csv_k = 1; csv_quoted = 0; csv_last = 10; csv_s = ""; csv_bad = 0
csv_end(c) = (cell[csv_k] = csv_s, csv_s = "", csv_k = csv_k + 1)
csv_line(c) = csv_last == 10 ? 0 : (csv_end(c), columns == 0 ? columns = csv_k - 1 : 0, \
      (csv_k - 1) % columns && !csv_bad ? csv_bad = (csv_k - 1) / columns + 1 : 0)
csv_eat(c) = (c == 34 ? (csv_quoted = !csv_quoted, csv_quoted && csv_last == 34 ? csv_s = csv_s.'"' : 0) \
      : csv_quoted ? csv_s = csv_s.(c < 32 ? " " : sprintf("%c", c)) \
      : c == 44 ? csv_end(c) : c == 10 ? csv_line(c) : c < 32 ? 0 : (csv_s = csv_s.sprintf("%c", c)), \
      csv_last = c == 13 ? csv_last : c, 1)
stats table binary format="%uchar" using (csv_eat($1)) nooutput
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
