# Sorts: order[1 .. sort_n] are the places of sort_key[1 .. sort_n], smallest first, ties as they came.
array order[sort_n + 1]
do for [i=1:sort_n] {
	order[i] = i
	do for [j=i-1:1:-1] {
		if (sort_key[order[j]] <= sort_key[i]) { break }
		order[j + 1] = order[j]; order[j] = i
	}
}
