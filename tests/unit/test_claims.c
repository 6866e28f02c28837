/* Made-up samples, and each verdict flips when the numbers do: no row of the verdicts is written by hand. */
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/claims/claims.h"
#include "bench/claims/judges.h"
#include "bench/claims/list.h"
#include "bench/claims/mechanisms.h"
#include "tests/unit/made_claims.h"

/* ---- the verdicts ---- */

static const struct verdict_case {
	const char *id;
	filler *fill;
	double x[NUMBERS];
	enum claim_verdict verdict;
	const char *says; /* in the measured figures or the reason */
} cases[] = {
	{"computing-power", compute, {0.8, 0.9, 0, 2}, CLAIM_HOLDS, "0.85"},
	{"computing-power", compute, {1, 1.01, 0, 2}, CLAIM_SAME, "2 kernels"},
	{"computing-power", compute, {1.04, 1.2, 0, 2}, CLAIM_FAILS, "threads are ahead in sort (1.20"},
	{"computing-power", compute, {1.5, 1, 0, 2}, CLAIM_FAILS, "threads are ahead in matmul (1.50"},
	{"computing-power", compute, {0.8, 1.3, 0, 2}, CLAIM_DEPENDS, "processes are ahead in matmul (0.80"},
	{"computing-power", compute, {1, 1, 0.1, 2}, CLAIM_UNKNOWN, "quieter"},
	{"computing-power", compute, {0.5, 0.5, 0, 1}, CLAIM_UNKNOWN, "two workers in parallel"},
	{"computing-power", none, {0}, CLAIM_UNMEASURED, ""},
	{"scaling-further", contention, {0.5, 0.4, 0, 2}, CLAIM_HOLDS, "markedly less in 2"},
	{"scaling-further",
	 contention,
	 {1, 0.2, 0, 2},
	 CLAIM_DEPENDS,
	 "contend for the address space (mmap 0.20"},
	{"scaling-further", contention, {1, 1, 0, 2}, CLAIM_SAME, "at two workers, the most measured"},
	{"scaling-further", contention, {1, 1, 0, 3}, CLAIM_SAME, "at 3 workers"},
	{"scaling-further", second_experiment, {1, 1, 0, 2}, CLAIM_SAME, "(2 kinds in 2 groups"},
	{"scaling-further",
	 contention,
	 {1.2, 1, 0, 2},
	 CLAIM_FAILS,
	 "ahead where workers contend for the desc"},
	/* three operations that take one lock have one vote of four */
	{"scaling-further", one_lock, {0.5, 1, 0, 2}, CLAIM_DEPENDS, "0.84 [0.84, 0.84] times as long"},
	{"scaling-further", one_lock, {0.5, 1, 0, 2}, CLAIM_DEPENDS, "markedly less in 1,"},
	{"scaling-further", one_lock, {0.5, 1, 0, 2}, CLAIM_DEPENDS, "over 3 operations; mmap 0.40"},
	{"scaling-further", one_lock, {0.5, 0.5, 0, 2}, CLAIM_HOLDS, "6 kinds in 4 groups"},
	{"scaling-further", contention, {1, 1, 0.2, 2}, CLAIM_UNKNOWN, "quieter"},
	{"scaling-further", none, {0}, CLAIM_UNMEASURED, ""},
	{"scaling-further", contention, {0.1, 0.1, 0, 1}, CLAIM_UNKNOWN, "two workers in parallel"},
	{"machines",
	 machines,
	 {0.5, 0.6, 0, APART},
	 CLAIM_HOLDS,
	 "which take 0.55 [0.55, 0.55] of the time that 2 threads"},
	{"machines", machines, {0.5, 1, 0, APART}, CLAIM_DEPENDS, "ahead in kmeans (0.50"},
	{"machines",
	 machines,
	 {1.5, 0.6, 0, APART},
	 CLAIM_DEPENDS,
	 "kmeans (1.50 [1.50, 1.50], for the bytes that it sends)"},
	{"machines", machines, {1.5, 0.6, 0, FEW_BYTES}, CLAIM_DEPENDS, "for the latency of its messages)"},
	{"machines", machines, {0.5, 0.6, 0, ONE_WRONG}, CLAIM_DEPENDS, "results were wrong in kmeans"},
	{"machines", machines, {1, 1.01, 0, APART}, CLAIM_SAME, "1.00"},
	{"machines", machines, {2, 3, 0, APART}, CLAIM_FAILS, "one machine is ahead in kmeans (2.00"},
	{"machines",
	 machines,
	 {0.5, 0.6, 0, ALL_WRONG},
	 CLAIM_FAILS,
	 "no result on several hosts was correct"},
	{"machines", machines, {0.5, 0.6, 0, ONE_MACHINE}, CLAIM_UNKNOWN, "the hosts share one machine"},
	{"machines",
	 machines,
	 {0.5, 0.6, 0, NO_MORE_WORKERS},
	 CLAIM_UNKNOWN,
	 "more workers than one machine"},
	{"machines", machines, {1, 1, 0.2, APART}, CLAIM_UNKNOWN, "quieter"},
	{"machines", machines, {0.5, 0.6, 0, ALL_SKIPPED}, CLAIM_UNKNOWN, "several hosts completed"},
	{"machines", none, {0}, CLAIM_UNMEASURED, "two machines"},
	{"scaling-further", windows, {0.5, 0.4, 0, 2}, CLAIM_HOLDS, "operations of all workers in a fixed"},
	{"scaling-further", windows, {1, 1, 0, 2}, CLAIM_SAME, "1.00"},
	/* alone: 0.89 [0.80, 0.98], marked; among 8 groups: by chance */
	{"scaling-further", many_looks, {0.89, 0, 0.04, 0}, CLAIM_SAME, "markedly less in 0"},
	{"scaling-further", many_looks, {0.89, 0, 0.002, 0}, CLAIM_DEPENDS, "contend for a pipe (pipe 0.89"},
	{"scaling-further", many_looks, {0.5, 0, 0.04, 0}, CLAIM_DEPENDS, "contend for a pipe (pipe 0.50"},
	{"bystander", bystander, {1.3, 1.5, 0, 2}, CLAIM_HOLDS, "computing takes threads 1.30"},
	{"bystander", bystander, {1.3, 1.5, 0, 2}, CLAIM_HOLDS, "; faulting 1.50 [1.50, 1.50] and 1.00"},
	{"bystander", bystander, {1, 1.01, 0, 2}, CLAIM_SAME, "1.01"},
	{"bystander", bystander, {0.9, 0.8, 0, 2}, CLAIM_FAILS, "0.90"},
	{"bystander",
	 bystander,
	 {1, 1.5, 0, 2},
	 CLAIM_DEPENDS,
	 "more faulting next to mmap and munmap, faulting next to mprotect, no more computing next to"},
	{"bystander", bystander, {1, 1, 0.2, 2}, CLAIM_UNKNOWN, "quieter"},
	{"bystander", bystander, {1.3, 1.5, 0, 1}, CLAIM_UNKNOWN, "two workers in parallel"},
	{"bystander", none, {0}, CLAIM_UNMEASURED, ""},
	{"idle-pool",
	 idle,
	 {1.2, 1.1, 1.3, 0},
	 CLAIM_HOLDS,
	 "after 1 µs a job of 2 waiting processes takes 1.20"},
	{"idle-pool",
	 idle,
	 {1.2, 1.1, 1.3, 0},
	 CLAIM_HOLDS,
	 ", after 1 ms 1.10 [1.10, 1.10], after 10 ms 1.30"},
	{"idle-pool",
	 idle,
	 {1, 1, 1.01, 0},
	 CLAIM_SAME,
	 "a waiting worker 2 % of a CPU; a job of processes takes"},
	{"idle-pool", idle, {0.9, 0.8, 0.9, 0}, CLAIM_FAILS, "0.90"},
	{"idle-pool",
	 idle,
	 {1.2, 1, 1, 0},
	 CLAIM_DEPENDS,
	 "processes start later after 1 µs, no later after 1 ms, after 10 ms"},
	{"idle-pool", idle, {1, 1, 1, 0.2}, CLAIM_UNKNOWN, "quieter"},
	{"idle-pool", idle_on_one, {2, 2, 2, 0}, CLAIM_UNKNOWN, "two workers in parallel"},
	{"idle-pool", none, {0}, CLAIM_UNMEASURED, ""},
	{"creation", creation, {2, 0, 0, 0}, CLAIM_HOLDS, "2.00"},
	{"creation", creation, {1.02, 0, 0, 0}, CLAIM_SAME, "1.02"},
	{"creation",
	 creation,
	 {2, 0, 16, 0},
	 CLAIM_HOLDS,
	 "16.0 [16.0, 16.0] times as long as with none in pages of 4 KiB"},
	/* half of a program's time at 0, eight times that at 1 GiB: (1 - 0.5) / (8 - 0.5) of 1024 MiB */
	{"creation", creation, {2, 0, 16, 0}, CLAIM_HOLDS, "in pages of 4 KiB up to 68 MiB of the parent's"},
	{"creation",
	 creation,
	 {2, 0.1, 16, 1.2},
	 CLAIM_HOLDS,
	 "than a small new program in pages of 4 KiB up to between 41 and 114 MiB of the parent's memory, in "
	 "huge pages at every size measured, up to 1 GiB"},
	{"creation", creation, {8, 0, 16, 0}, CLAIM_HOLDS, "in pages of 4 KiB at no size measured"},
	{"creation", creation, {2, 0.1, 2, 0}, CLAIM_HOLDS, "MiB at least of the parent's"},
	{"creation", creation_before, {2, 0, 16, 0}, CLAIM_HOLDS, "measured by an older version"},
	{"creation", creation_before, {2, 0, 16, 0}, CLAIM_HOLDS, "a fork is cheaper than a new program"},
	{"creation", creation, {0.9, 0, 0, 0}, CLAIM_FAILS, "0.90"},
	{"creation", creation, {1.05, 0.1, 0, 0}, CLAIM_UNKNOWN, "quieter"},
	{"creation", none, {0}, CLAIM_UNMEASURED, ""},
	{"fork-server", first_work, {1.5, 20, 2, 0}, CLAIM_HOLDS, "first result after 200 µs"},
	{"fork-server",
	 first_work,
	 {1.5, 20, 2, 0},
	 CLAIM_HOLDS,
	 "20.0 [20.0, 20.0] times as long for one that h"},
	{"fork-server",
	 first_work,
	 {1.5, 20, 2, 0},
	 CLAIM_HOLDS,
	 "a new program takes 300 µs [300 µs, 300 µs], a"},
	{"fork-server",
	 first_work,
	 {0.5, 20, 1, 0},
	 CLAIM_DEPENDS,
	 "the server is sooner for one that holds 64 MiB, no sooner for a small parent, for one with 65"},
	{"fork-server", first_work, {0.5, 0.6, 0.7, 0}, CLAIM_FAILS, "0.50"},
	{"fork-server", first_work, {1, 1.01, 0.99, 0}, CLAIM_SAME, "1.01"},
	{"fork-server", first_work, {2, 0, 0, 0}, CLAIM_HOLDS, "measured only for a small parent"},
	{"fork-server", first_work, {1.05, 1.05, 1.05, 0.2}, CLAIM_UNKNOWN, "quieter"},
	{"fork-server", none, {0}, CLAIM_UNMEASURED, ""},
	{"fork-stall",
	 stalls,
	 {100, 0, 0, 0},
	 CLAIM_HOLDS,
	 "for 10.0 ms [10.0 ms, 10.0 ms], 100 [100, 100] t"},
	{"fork-stall", stalls, {100, 0, 0, 0}, CLAIM_HOLDS, "with 1 GiB in pages of 4 KiB"},
	{"fork-stall", stalls, {100, 0, 0, 0}, CLAIM_HOLDS, "during clone with CLONE_VM for 100 µs"},
	{"fork-stall", stalls, {100, 0, 2000, 0}, CLAIM_HOLDS, "524 ms for all of 1 GiB"},
	{"fork-stall", stalls, {1.01, 0, 0, 0}, CLAIM_SAME, "1.01"},
	{"fork-stall", stalls, {0.5, 0, 0, 0}, CLAIM_FAILS, "0.50"},
	{"fork-stall", stalls, {1.05, 0.2, 0, 0}, CLAIM_UNKNOWN, "quieter"},
	{"fork-stall", none, {0}, CLAIM_UNMEASURED, ""},
	{"fork-safety", hangs, {75, 30, 1, 3}, CLAIM_HOLDS, "50.0 % of 900 at a mutex"},
	{"fork-safety",
	 hangs,
	 {75, 30, 0, 0},
	 CLAIM_DEPENDS,
	 "may hang at a mutex of the program, localtime; be"},
	{"fork-safety",
	 hangs,
	 {75, 30, 0, 0},
	 CLAIM_DEPENDS,
	 "none of 900 at malloc, none of 900 at stdio; of wo"},
	{"fork-safety", hangs, {0, 0, 0, 0}, CLAIM_FAILS, "of workers of a fork server none of 3600"},
	{"fork-safety", few_tries, {0, 0, 0, 0}, CLAIM_UNKNOWN, "fewer than 300 workers"},
	{"fork-safety", few_tries, {1, 0, 0, 0}, CLAIM_DEPENDS, "may hang at a mutex of the program; be"},
	{"fork-safety", none, {0}, CLAIM_UNMEASURED, ""},
	{"pool", pool, {3, 20, 0, 0}, CLAIM_HOLDS, "up to 1.00 ms"},
	{"pool",
	 pool,
	 {3, 20, 0, 10},
	 CLAIM_HOLDS,
	 "jobs until opening a pool pays off: 5.00 [3.75, 6.25] for threads, 0.53 [0.39, 0.66] for "
	 "processes"},
	{"pool", pool, {1, 20, 0, 10}, CLAIM_DEPENDS, "pays off: never [never, never] for threads"},
	{"pool", pool_before, {3, 20, 0, 0}, CLAIM_HOLDS, "measured by an older version"},
	{"pool", pool, {1, 20, 0, 0}, CLAIM_DEPENDS, "those of processes"},
	{"pool", pool, {1, 0.9, 0, 0}, CLAIM_FAILS, "0.90"},
	{"pool", pool, {1, 1.01, 0, 0}, CLAIM_SAME, "1.01"},
	{"pool", pool_of_threads, {3, 0, 0, 0}, CLAIM_HOLDS, "measured only for threads"},
	{"pool",
	 pool_open,
	 {20, 1.1, 0.2, 0},
	 CLAIM_UNKNOWN,
	 "for threads, a pool is ahead; for processes (1.10 ["},
	{"pool", pool, {1.1, 1.1, 0.2, 0}, CLAIM_UNKNOWN, "quieter"},
	{"pool", none, {0}, CLAIM_UNMEASURED, ""},
	{"switching", switching, {1.5, 2, 0, 0}, CLAIM_HOLDS, "1.50"},
	{"switching", switching, {1.5, 2, 0, 0}, CLAIM_HOLDS, "+500000 ns [+500000 ns, +500000 ns] at 1 MiB"},
	{"switching", switching, {0.5, 1.5, 0, 0}, CLAIM_FAILS, "+250000 ns"},
	{"switching", switching, {1, 2, 0, 0}, CLAIM_SAME, "1.00"},
	/* within the margin, beyond it, and where the interval spans it */
	{"switching", switching, {1.04, 2, 0.003, 0}, CLAIM_SAME, "1.04 [1.03, 1.05]"},
	{"switching", switching, {1.06, 2, 0.008, 0}, CLAIM_HOLDS, "1.06 [1.04, 1.08]"},
	{"switching", switching, {1.02, 2, 0.02, 0}, CLAIM_UNKNOWN, "1.02 [0.97, 1.07]"},
	{"switching", switching, {1.04, 2, 0.012, 0}, CLAIM_UNKNOWN, "1.04 [1.01, 1.07]"},
	{"switching", switching, {0.96, 2, 0.003, 0}, CLAIM_SAME, "0.96 [0.95, 0.97]"},
	{"switching", switching, {0.99, 2, 0.02, 0}, CLAIM_FAILS, "0.99 [0.94, 1.04]"},
	{"switching", switching, {1, 1, 0.1, 0}, CLAIM_UNKNOWN, "quieter"},
	{"switching", switching_ways, {1.1, 1.2, 0, 1.3}, CLAIM_HOLDS, "1.10 [1.10, 1.10] times by yield"},
	{"switching", switching_ways, {1, 1.01, 0, 0.99}, CLAIM_SAME, ""},
	/* a way that is open does not hide that two others differ */
	{"switching",
	 switching_ways,
	 {1.1, 0.98, 0.02, 1.02},
	 CLAIM_DEPENDS,
	 "more by yield, no more by pipe"},
	{"switching", switching_ways, {1.1, 0.98, 0, 1.02}, CLAIM_DEPENDS, "no more by futex, by pipe"},
	{"switching",
	 switching_ways,
	 {1.1, 1.2, 0.02, 1.02},
	 CLAIM_UNKNOWN,
	 "by futex (1.02 [0.97, 1.07]) the in"},
	{"switching", switching_ways, {1, 0.98, 0.02, 1.02}, CLAIM_UNKNOWN, "by pipe, it costs them no more"},
	{"switching", none, {0}, CLAIM_UNMEASURED, ""},
	{"sharing", sharing, {100, 1, 0, 0}, CLAIM_DEPENDS, "at no cost"},
	{"sharing", sharing, {100, 2, 0, 0}, CLAIM_DEPENDS, "at a cost"},
	{"sharing", sharing, {100, 0, 0, 0}, CLAIM_HOLDS, "first write to a page takes 2.00 µs"},
	{"sharing",
	 sharing,
	 {100, 0, 0, 1.25},
	 CLAIM_HOLDS,
	 "1.25 [1.25, 1.25] times as long as a thread's first touch of fresh memory (1.60 µs"},
	{"sharing", sharing, {100, 0, 0, 1.25}, CLAIM_HOLDS, "is mapped takes a thread 20.0 ns"},
	{"sharing", sharing, {100, 0, 0, 1.25}, CLAIM_HOLDS, "the parent pays 4.00 µs"},
	{"sharing", sharing, {1, 1, 0, 0}, CLAIM_FAILS, "20.0 ns"},
	{"sharing", sharing, {1.1, 1, 0.2, 0}, CLAIM_UNKNOWN, "quieter"},
	{"sharing", none, {0}, CLAIM_UNMEASURED, ""},
	{"communication", communication, {50, 2, 0, 0}, CLAIM_HOLDS, "50.0"},
	{"communication", communication, {50, 1, 0, 0}, CLAIM_DEPENDS, "on the channel"},
	{"communication", pipe_alone, {50, 0, 0, 0}, CLAIM_HOLDS, "between processes was not measured"},
	{"communication", communication, {1, 1, 0, 0}, CLAIM_SAME, "1.00"},
	{"communication", communication, {0.9, 1, 0, 0}, CLAIM_FAILS, "0.90"},
	{"communication", communication, {1.1, 1, 0.2, 0}, CLAIM_UNKNOWN, "quieter"},
	{"communication", none, {0}, CLAIM_UNMEASURED, ""},
	{"locks", lock, {1.5, 1.5, 0, 2}, CLAIM_HOLDS, "1.50"},
	{"locks",
	 lock_windows,
	 {1.5, 1.5, 0, 2},
	 CLAIM_HOLDS,
	 "2 workers contending (operations of all workers in a"},
	{"locks", lock_windows, {1, 1.2, 0, 2}, CLAIM_DEPENDS, "more only with it"},
	{"locks", lock, {1, 1, 0, 2}, CLAIM_SAME, "1.00"},
	{"locks", lock, {0.9, 0.9, 0, 2}, CLAIM_FAILS, "0.90"},
	{"locks", lock, {1, 0.9, 0, 2}, CLAIM_FAILS, "0.90"},
	/* the open one is named, and what is decided is said */
	{"locks",
	 lock_half_open,
	 {1.01, 0.8, 0.03, 2},
	 CLAIM_UNKNOWN,
	 "2 workers contending, it costs processes no"},
	{"locks",
	 lock_half_open,
	 {1.01, 0.8, 0.03, 2},
	 CLAIM_UNKNOWN,
	 "contention (1.01 [0.93, 1.09]) the interval"},
	{"locks",
	 lock_half_open,
	 {1.01, 1.5, 0.03, 2},
	 CLAIM_UNKNOWN,
	 "2 workers contending, it costs processes more"},
	{"locks", lock_contended, {0, 1.5, 0, 2}, CLAIM_HOLDS, "measured only with 2 workers contending"},
	{"locks", lock, {1, 1.5, 0, 2}, CLAIM_DEPENDS, "more only with it"},
	{"locks", lock, {1.5, 1, 0, 2}, CLAIM_DEPENDS, "more only without it"},
	{"locks", lock, {1, 1, 0.2, 2}, CLAIM_UNKNOWN, "quieter"},
	{"locks", none, {0}, CLAIM_UNMEASURED, ""},
	{"locks", lock, {2, 2, 0, 1}, CLAIM_UNKNOWN, "two workers in parallel"},
	{"memory", memory, {7, 0, 0, 0}, CLAIM_HOLDS, "7.00"},
	{"memory",
	 memory,
	 {7, 0, 0, 0},
	 CLAIM_HOLDS,
	 "processes 70.0 KiB [70.0 KiB, 70.0 KiB] (PSS 35.0 KiB, page tables 17.5 KiB, kernel stack 17.5 "
	 "KiB)"},
	{"memory", memory, {1, 0, 0, 0}, CLAIM_SAME, "1.00"},
	{"memory", memory, {0.9, 0, 0, 0}, CLAIM_FAILS, "0.90"},
	{"memory", memory, {1.1, 0.2, 0, 0}, CLAIM_UNKNOWN, "quieter"},
	{"memory", none, {0}, CLAIM_UNMEASURED, ""},
	{"mapping",
	 mapping,
	 {2, 2, 1.2, 0},
	 CLAIM_HOLDS,
	 "2.00 [2.00, 2.00] times the page tables of threads"},
	{"mapping", mapping, {1, 1, 1.01, 0}, CLAIM_SAME, "1.01"},
	{"mapping", mapping, {1, 1, 0.9, 0}, CLAIM_FAILS, "0.90"},
	{"mapping",
	 mapping,
	 {2, 2, 1, 0},
	 CLAIM_DEPENDS,
	 "more in page tables, in the first pass, no more in later passes, in reads at random"},
	{"mapping",
	 mapping_in_huge,
	 {2, 2, 1, 0},
	 CLAIM_DEPENDS,
	 "in transparent huge pages it has 0.06 [0.06, 0.06] times the tables, the first pass takes 0.50 [0.50, 0.50] "
	 "times and a read 0.50"},
	{"mapping",
	 mapping,
	 {2, 2, 1, 0},
	 CLAIM_DEPENDS,
	 "a process's tables take 2048 KiB [2048 KiB, 2048 KiB] per GiB"},
	{"mapping", mapping, {1, 1, 1, 0.2}, CLAIM_UNKNOWN, "quieter"},
	{"mapping", mapping_on_one, {2, 2, 1, 0}, CLAIM_UNKNOWN, "two workers in parallel"},
	{"mapping", none, {0}, CLAIM_UNMEASURED, ""},
	{"serve",
	 serve,
	 {1.2, 3, 2, 0},
	 CLAIM_HOLDS,
	 "a request takes 1.20 [1.20, 1.20] times as long (20.0 µs ["},
	{"serve", serve, {1, 1, 1.01, 0}, CLAIM_SAME, "1.01"},
	{"serve", serve, {1, 1, 0.9, 0}, CLAIM_FAILS, "0.90"},
	{"serve",
	 serve,
	 {1, 3, 2, 0},
	 CLAIM_DEPENDS,
	 "costs more in memory per connection, in a connection that brings one request, no more in the time per request, in "
	 "the 99th percentile"},
	{"serve", serve, {1, 3, 2, 0.3}, CLAIM_DEPENDS, "no more in the time per request"},
	{"serve",
	 serve_with_pools,
	 {1, 3, 2, 0},
	 CLAIM_DEPENDS,
	 "a pool of processes takes 1.10 [1.10, 1.10] times as long as one of threads, that 0.50 [0.50, 0.50] times a thread "
	 "each; a prefork process answers a new connection in 0.50"},
	{"serve", serve, {1, 1, 1, 0.3}, CLAIM_UNKNOWN, "quieter"},
	{"serve", serve_on_one, {1, 3, 2, 0}, CLAIM_UNKNOWN, "two workers in parallel"},
	{"serve", none, {0}, CLAIM_UNMEASURED, ""},
	{"gil", python, {1, 2, 2, 2}, CLAIM_DEPENDS, "on the code"},
	{"gil", python, {1, 2, 1, 2}, CLAIM_HOLDS, "Python 3.99"},
	{"gil", python, {0.9, 1.9, 0, 2}, CLAIM_HOLDS, "0.90"},
	{"gil", python, {1.2, 1.9, 2, 2}, CLAIM_DEPENDS, "1.20"}, /* taking turns on two units */
	{"gil", python, {1.4, 2, 1.2, 2}, CLAIM_HOLDS, "1.40"},
	{"gil", python, {1.9, 1.9, 1.9, 2}, CLAIM_FAILS, "1.90"},
	{"gil", python, {3.5, 3.8, 3.8, 4}, CLAIM_FAILS, "on 4 workers"},
	{"gil", python, {1.6, 3.8, 3.8, 4}, CLAIM_DEPENDS, "on 4 workers"},
	{"gil", python, {1, 1, 1, 2}, CLAIM_FAILS, "1.00"},
	{"gil", python, {1, 1.5, 2, 2}, CLAIM_UNKNOWN, "threads take turns; in processes (1.50 ["},
	{"gil", python, {1, 2, 2, 1}, CLAIM_UNKNOWN, "two workers in parallel"},
	{"gil", none, {0}, CLAIM_UNMEASURED, "shared library"},
	{"gil",
	 pythons,
	 {0, 1.9, 2, 1},
	 CLAIM_DEPENDS,
	 "on the build: it holds for bytecode in Python 3.13.5; it does"},
	{"gil",
	 pythons,
	 {1.9, 1.9, 2, 2},
	 CLAIM_DEPENDS,
	 "; it does not in Python 3.13.5 (sub-interpreters), Python 3.13.5 (free-threaded)"},
	{"gil",
	 pythons,
	 {1, 0, 2, 1},
	 CLAIM_HOLDS,
	 "Python 3.13.5 (sub-interpreters) 1.00 [1.00, 1.00] times in threads"},
	{"gil", pythons, {0, 1, 2, 2}, CLAIM_DEPENDS, "on the code"},
	{"gil", pythons, {1, 0, 2, 2}, CLAIM_DEPENDS, "releases it need not"},
	{"gil",
	 pythons,
	 {1.5, 1, 2, 1},
	 CLAIM_UNKNOWN,
	 "Python 3.13.5 (sub-interpreters): in threads (1.50 ["},
	{"gil", pythons, {1.55, 1, 2, 1}, CLAIM_UNKNOWN, "it is more than half by too little to be sure"},
	/* Whatever sub-interpreters do: the others differ; C code does not hold the GIL. */
	{"gil",
	 pythons,
	 {1.5, 1.9, 2, 1},
	 CLAIM_DEPENDS,
	 "it does not in Python 3.13.5 (free-threaded); not to be told for Python 3.13.5 (sub-interpreters)"},
	{"gil",
	 pythons,
	 {1.5, 1, 2, 2},
	 CLAIM_DEPENDS,
	 "C code that releases it does not; not to be told for Python 3.13.5 (sub-interpreters): in threads (1.50 ["},
	{"gil", pythons, {0, 1.9, 1, 1}, CLAIM_UNKNOWN, "two workers in parallel"},
	{"free-threads",
	 free_threads,
	 {1.9, 1.2, 1, 0},
	 CLAIM_HOLDS,
	 "are 1.20 [1.20, 1.20] times as fast as one"},
	{"free-threads", free_threads, {1.9, 0.3, 1, 0}, CLAIM_DEPENDS, "slower than one where they share"},
	{"free-threads", free_threads, {1.9, 1, 1.4, 0}, CLAIM_DEPENDS, "; one thread alone takes longer"},
	{"free-threads",
	 free_threads,
	 {1.9, 1, 1.4, 0},
	 CLAIM_DEPENDS,
	 "takes 1.40 [1.40, 1.40] times as long as in Python 3.13.5"},
	{"free-threads", free_threads, {1.1, 1, 1, 0}, CLAIM_FAILS, "still take turns"},
	{"free-threads", free_threads, {1.9, 1, 0, 0}, CLAIM_UNKNOWN, "the same version with its GIL"},
	{"free-threads", free_threads, {1.9, 0, 1, 0}, CLAIM_UNKNOWN, "python-shared was not measured"},
	{"free-threads",
	 free_threads,
	 {1.5, 1, 1, 0.1},
	 CLAIM_UNKNOWN,
	 "half of the possible gain is 1.5) the interval"},
	{"free-threads", free_threads_open, {1.9, 1, 1, 0.1}, CLAIM_UNKNOWN, "on one object the interval"},
	{"free-threads", python, {1, 2, 2, 2}, CLAIM_UNMEASURED, "--disable-gil"},
	{"free-threads", none, {0}, CLAIM_UNMEASURED, "name both with --python"},
	{"waiting", waiting, {4, 4, 0, 0}, CLAIM_HOLDS, "4.00 [4.00, 4.00] times in forked processes"},
	{"waiting", waiting, {4, 4, 0, 5}, CLAIM_HOLDS, ", 5.00 [5.00, 5.00] times in pooled threads"},
	{"waiting", waiting, {4, 1, 0, 0}, CLAIM_DEPENDS, "a gain in threads; none in forked processes"},
	{"waiting", waiting, {1, 4, 0, 0}, CLAIM_DEPENDS, "a gain in forked processes; none in threads"},
	{"waiting",
	 waiting,
	 {4, 1, 0, 3},
	 CLAIM_DEPENDS,
	 "a gain in threads, in pooled threads; none in forked processes"},
	{"waiting", waiting_before, {4, 4, 0, 0}, CLAIM_HOLDS, "measured by an older version"},
	{"waiting", waiting, {1, 1, 0, 0}, CLAIM_SAME, "1.00"},
	{"waiting", waiting, {0.9, 1, 0, 0}, CLAIM_FAILS, "measured only in threads, in forked processes"},
	{"waiting", waiting, {4, 0, 0, 0}, CLAIM_HOLDS, "measured only in threads"},
	{"waiting", waiting, {1.1, 4, 0.2, 0}, CLAIM_UNKNOWN, "in threads (1.11 ["},
	{"waiting", waiting, {1.1, 1.1, 0.2, 0}, CLAIM_UNKNOWN, "quieter"},
	{"waiting", none, {0}, CLAIM_UNMEASURED, ""},
	{"isolation", isolation, {1, 1, 0, 0}, CLAIM_HOLDS, "2 kinds of crash"},
	{"isolation",
	 isolation,
	 {1, 1, 0, REPLACED_AND_REDONE},
	 CLAIM_HOLDS,
	 "a new worker starts within 270 µs [270 µs, 270 µs] among processes, 470 µs [470 µs, 470 µs] among "
	 "threads; doing the lost work again takes 10.0 µs [10.0 µs, 10.0 µs] among processes, 3.00 ms"},
	{"isolation", isolation, {1, 1, 0, BOTH_IN_ONE}, CLAIM_HOLDS, "measured by an older version"},
	{"isolation", isolation, {1, 0, 0, 0}, CLAIM_DEPENDS, "not in crash-memory"},
	{"isolation", isolation, {0, 0, 0, 0}, CLAIM_FAILS, "at least 0"},
	{"isolation", isolation, {1, 1, 1, 0}, CLAIM_FAILS, "at most 1"},
	{"isolation", none, {0}, CLAIM_UNMEASURED, ""},
};

static void judge(const struct verdict_case *v, size_t runs, struct claim *claim)
{
	struct made *m = calloc(1, sizeof *m);
	struct summary summary;
	struct grains grains;
	struct scale scale;
	struct claims claims;
	assert_non_null(m);
	m->runs = runs;
	m->samples.row = m->row;
	v->fill(m, v->x);
	assert_int_equal(summary_make(&m->samples, &summary), 0);
	assert_int_equal(grains_make(&summary, "granularity", &grains), 0);
	assert_int_equal(scale_make(&summary, m->shared, &scale), 0);
	claims_make(&summary, &grains, &scale, "3.99", &claims);
	for (size_t i = 0; i < claims.count; i++)
		if (strcmp(claims.claim[i].id, v->id) == 0)
			*claim = claims.claim[i];
	scale_free(&scale);
	grains_free(&grains);
	summary_free(&summary);
	free(m);
}

static void test_verdicts_follow_the_numbers(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct claim c = {0};
		judge(&cases[i], RUNS, &c);
		assert_non_null(c.id);
		if (c.verdict == cases[i].verdict &&
		    (strstr(c.measured, cases[i].says) || strstr(c.reason, cases[i].says)))
			continue;
		print_error("case %zu, %s: '%s', expected '%s' with \"%s\"\n  measured: %s\n  reason: %s\n",
			    i, cases[i].id, claims_verdict_name(c.verdict),
			    claims_verdict_name(cases[i].verdict), cases[i].says, c.measured, c.reason);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Two invocations have no interval, however large the difference; how many there are is told. */
static void test_too_few_invocations_tell_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct verdict_case *v = &cases[i];
		struct claim c = {0};
		bool counts = v->fill == isolation || v->fill == hangs || v->fill == few_tries ||
			      (v->fill == machines && v->x[3] >= ONE_WRONG && v->x[3] <= ALL_WRONG);
		if (v->verdict == CLAIM_UNKNOWN || v->verdict == CLAIM_UNMEASURED ||
		    counts) /* and rests on no interval */
			continue;
		judge(v, 2, &c);
		if (c.verdict != CLAIM_UNKNOWN)
			print_error("case %zu, %s: '%s'\n", i, v->id, claims_verdict_name(c.verdict));
		assert_int_equal(c.verdict, CLAIM_UNKNOWN);
		assert_non_null(strstr(c.reason, "2 of the 3 invocations"));
		assert_non_null(strstr(c.measured, "(2 invocations)"));
	}
}

/* No difference that matters is "does not hold", known more exactly. */
static enum claim_verdict side(enum claim_verdict verdict)
{
	return verdict == CLAIM_SAME ? CLAIM_FAILS : verdict;
}

/* Three can tell, by an interval that is wider than that of six; and never the contrary. */
static void test_three_invocations_can_tell(void **state)
{
	(void)state;
	size_t told = 0, of = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct claim c = {0};
		judge(&cases[i], 3, &c);
		assert_null(strstr(c.reason, "invocations that an interval takes"));
		/* What all of them leave open the first three may tell. */
		if (c.verdict != CLAIM_UNKNOWN && cases[i].verdict != CLAIM_UNKNOWN)
			assert_int_equal(side(c.verdict), side(cases[i].verdict));
		told += c.verdict != CLAIM_UNKNOWN;
		of += cases[i].verdict != CLAIM_UNKNOWN;
	}
	assert_true(3 * told > 2 * of);
}

/* Whatever was measured names its columns, each of which samples.csv has. */
static void test_figures_name_their_stamps(void **state)
{
	(void)state;
	static const struct {
		filler *fill;
		const char *stamps;
	} golden[] = {{compute, "span_ns"},
		      {contention, "span_ns"},
		      {windows, "operation_ns"},
		      {creation, "wall_ns"},
		      {first_work, "start_ns work_ns"},
		      {hangs, "tried hung"},
		      {pool, "wall_ns open_ns"},
		      {sharing, "span_ns"},
		      {lock_windows, "operation_ns"},
		      {memory, "pss_kib tables_kib stacks_kib"},
		      {mapping, "tables_kib span_ns"},
		      {idle, "wall_ns"},
		      {serve, "request_ns p99_ns pss_kib tables_kib stacks_kib span_ns"},
		      {waiting, "wall_ns"},
		      {isolation, "survivors recovery_ns redo_ns"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct claim c = {0};
		judge(&cases[i], RUNS, &c);
		bool figures = strpbrk(c.measured, "0123456789") && cases[i].fill != machines;
		assert_int_equal(figures, *c.stamps && cases[i].fill != machines);
		for (size_t k = 0; k < sizeof golden / sizeof *golden; k++) {
			bool fullest = (cases[i].fill != pool && cases[i].fill != isolation) ||
				       (cases[i].fill == pool && cases[i].x[3] > 0) ||
				       (cases[i].fill == isolation &&
					(int)cases[i].x[3] == REPLACED_AND_REDONE);
			if (cases[i].fill == golden[k].fill && figures && fullest)
				assert_string_equal(c.stamps, golden[k].stamps);
		}
	}
}

/* The figure that decides, or that is open, is one of those that are shown; and only time decides what is
 * open. */
static void test_the_deciding_figure_is_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct claim c = {0};
		char figure[CLAIM_FIGURE_BYTES];
		judge(&cases[i], RUNS, &c);
		if (c.deciding.n) {
			claims_show_ratio(&c.deciding, figure);
			if (!strstr(c.measured, figure) && !strstr(c.reason, figure))
				fail_msg("case %zu: '%s' is shown nowhere", i, figure);
		}
		assert_true(c.deciding.n || c.verdict != CLAIM_SAME);
		bool near = strstr(c.reason, "the interval allows both") ||
			    strstr(c.reason, "by too little to be sure");
		assert_int_equal(c.takes_time, c.verdict == CLAIM_UNKNOWN && near);
		if (c.takes_time)
			assert_int_equal(c.verdict, CLAIM_UNKNOWN);
		if (c.verdict == CLAIM_UNKNOWN || c.verdict == CLAIM_UNMEASURED)
			assert_null(c.consequence);
	}
}

/* No text of a claim is cut: the longest that can come has room. */
static void test_texts_have_room(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct claim c = {0};
		judge(&cases[i], 3, &c);
		assert_true(strlen(c.measured) < CLAIM_BYTES / 2 && strlen(c.reason) < CLAIM_BYTES / 2);
		assert_true(strlen(c.stamps) < CLAIM_STAMPS_BYTES - 16);
		assert_null(strstr(c.measured, "nan"));
		assert_null(strstr(c.reason, "nan"));
	}
}

/* Every claim has a case here for each verdict that it can come to, so that none is constant. */
static void test_every_claim_flips(void **state)
{
	(void)state;
	struct claims claims;
	struct summary summary = {0};
	struct grains grains = {0};
	struct scale scale = {0};
	claims_make(&summary, &grains, &scale, NULL, &claims);
	for (size_t i = 0; i < claims.count; i++) {
		bool seen[CLAIM_VERDICTS] = {false};
		for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
			if (strcmp(cases[k].id, claims.claim[i].id) == 0)
				seen[cases[k].verdict] = true;
		assert_int_equal(claims.claim[i].verdict, CLAIM_UNMEASURED);
		assert_true(seen[CLAIM_UNKNOWN] || strcmp(claims.claim[i].id, "isolation") == 0);
		assert_true(seen[CLAIM_UNMEASURED]);
		assert_true(seen[CLAIM_HOLDS]);
		assert_true(seen[CLAIM_FAILS]);
	}
}

/* Two sentences, and where to read about them. */
static void test_every_claim_has_its_mechanism(void **state)
{
	(void)state;
	for (const struct claim_entry *entry = claims_list; entry->id; entry++) {
		const struct mechanism *m = mechanism_of(entry->id);
		if (!m) {
			fail_msg("%s has no mechanism in bench/claims/mechanisms.def", entry->id);
			continue; /* which the analyzer needs: fail_msg() does not return */
		}
		assert_non_null(strstr(m->text, ". "));
		assert_true(strlen(m->source) > 5);
	}
	assert_null(mechanism_of("no claim"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts_follow_the_numbers),
		cmocka_unit_test(test_too_few_invocations_tell_nothing),
		cmocka_unit_test(test_three_invocations_can_tell),
		cmocka_unit_test(test_figures_name_their_stamps),
		cmocka_unit_test(test_the_deciding_figure_is_shown),
		cmocka_unit_test(test_texts_have_room),
		cmocka_unit_test(test_every_claim_flips),
		cmocka_unit_test(test_every_claim_has_its_mechanism),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
