# The cases of summary.csv that a figure shows, each with its group (a panel, a row) and its runner's look.
# In: table, figure, need (columns; a case must have the first, or have failed to have it), suite ("" means all),
#     with_seq (0: seq only where there is nothing else).
# Out, a case i: row[i], kernel[i], runner[i], workers[i], valid[i], group[i], look[i]; groups, group_name[];
#      looks, look_name[], look_style[] in the order of the palette.

needed = "suite kernel size runner workers placement schedule failed wall_ns ".need
load here."table.gp"
column_hosts = csv_column("hosts", 1)      # tables of before do not have it
column_python = csv_column("python", 1)
python(i) = column_python ? text(i, "python") : ""
array row[rows]
wanted(i) = (suite eq "" || suite eq text(i, "suite")) && (known(field(i, word(need, 1))) || field(i, "failed") > 0)
cases = 0
do for [i=1:rows] {
	if (wanted(i) && (with_seq || text(i, "runner") ne "seq")) { cases = cases + 1; row[cases] = i }
}
if (cases == 0) { do for [i=1:rows] { if (wanted(i)) { cases = cases + 1; row[cases] = i } } }
if (cases == 0) { exit error sprintf("%s: no case with a %s%s", table, word(need, 1), suite eq "" ? "" : " in suite ".suite) }

array kernel[cases]; array runner[cases]; array workers[cases]; array valid[cases]
array label[cases]; array group[cases]; array group_name[cases]
array look[cases]; array style[cases]; array look_name[cases]; array look_style[cases]
do for [i=1:cases] {
	kernel[i] = text(row[i], "kernel").(python(row[i]) eq "" ? "" : ", ".python(row[i]))
	runner[i] = text(row[i], "runner").(column_hosts && field(row[i], "hosts") > 1 ? ", ".text(row[i], "hosts")." hosts" : "")
	workers[i] = or_else(field(row[i], "workers"), 1); valid[i] = known(field(row[i], word(need, 1)))
}

# A group is called by its kernel, and by the size, suite, … only where these tell groups apart.
steals(i) = text(row[i], "schedule") eq "stealing"
differs(i, j, name) = text(row[i], name) ne text(row[j], name)
array home[cases]; array vary_suite[cases]; array vary_size[cases]; array vary_placement[cases]; array vary_schedule[cases]
do for [i=1:cases] {
	home[i] = i > 1 && kernel[i] eq kernel[i - 1] ? home[i - 1] : 0
	if (!home[i]) { do for [j=1:cases] { if (kernel[j] eq kernel[i] && runner[j] ne "seq") { home[i] = j; break } } }
	if (!home[i]) { do for [j=1:i] { if (kernel[j] eq kernel[i]) { home[i] = j; break } } }
	vary_suite[i] = 0; vary_size[i] = 0; vary_placement[i] = 0; vary_schedule[i] = 0
}
do for [i=1:cases] {
	k = home[i]
	vary_suite[k] = vary_suite[k] || differs(i, k, "suite")
	vary_size[k] = vary_size[k] || differs(i, k, "size")
	if (runner[i] eq "seq") { continue }
	vary_placement[k] = vary_placement[k] || differs(i, k, "placement")
	# Stealing is its runner's nature, no schedule to be told apart.
	vary_schedule[k] = vary_schedule[k] || (!steals(i) && !steals(k) && differs(i, k, "schedule"))
}
part(i, vary, name) = vary && text(row[i], name) ne "" ? ", ".text(row[i], name) : ""
base(i) = kernel[i].part(i, vary_size[home[i]], "size").part(i, vary_suite[home[i]], "suite")
do for [i=1:cases] {
	label[i] = base(i)
	if (runner[i] ne "seq") {
		label[i] = label[i].part(i, vary_placement[home[i]], "placement").part(i, vary_schedule[home[i]] && !steals(i), "schedule")
	}
}
# seq has no placement and no schedule: it stands with the first group of its kernel, size and suite.
do for [i=1:cases] {
	if (runner[i] ne "seq" || !(vary_placement[home[i]] || vary_schedule[home[i]])) { continue }
	do for [j=1:cases] {
		if (runner[j] ne "seq" && base(j) eq base(i)) { label[i] = label[j]; break }
	}
}

groups = 0; looks = 0; strangers = 0
do for [i=1:cases] {
	group[i] = i > 1 && label[i] eq label[i - 1] ? group[i - 1] : 0
	if (!group[i]) { do for [g=1:groups] { if (group_name[g] eq label[i]) { group[i] = g; break } } }
	if (!group[i]) { groups = groups + 1; group_name[groups] = label[i]; group[i] = groups }

	style[i] = style_find(runner[i], 1)
	if (!style[i]) { do for [j=1:i-1] { if (runner[j] eq runner[i]) { style[i] = style[j]; break } } }
	if (!style[i]) { style[i] = spare + strangers % 4; strangers = strangers + 1 }
}
do for [s=1:15] {
	do for [i=1:cases] {
		if (style[i] != s) { continue }
		look[i] = 0
		do for [k=1:looks] { if (look_name[k] eq runner[i]) { look[i] = k; break } }
		if (!look[i]) { looks = looks + 1; look_name[looks] = runner[i]; look_style[looks] = s; look[i] = looks }
	}
}
