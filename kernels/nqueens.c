/*
 * Queens that do not attack one another, counted by backtracking: a tree whose branches differ wildly in
 * size, so that only dynamic dealing or stealing keeps all workers busy.
 *
 * An item is a placement of the first three rows (order^3 of them, attacked ones being empty). The cost is in
 * solutions, for their number is known beforehand; the number of nodes visited is not.
 */
#include "kernels/params.h"

#include <errno.h>

/* Solutions for orders 1 .. 18: OEIS A000170. */
static const uint64_t solutions[] = {1,   0,    0,     2,     10,     4,       40,       92,       352,
				     724, 2680, 14200, 73712, 365596, 2279184, 14772512, 95815104, 666090624};

enum { ORDER_MAX = sizeof(solutions) / sizeof(solutions[0]), PREFIX_ROWS = 3 };

/* The columns taken, and the squares of the next row that diagonals to the left and to the right reach. */
struct board {
	uint32_t columns, left, right;
};

static int configure(struct params *params)
{
	return params_limit(params, ORDER_MAX);
}

static uint64_t prefix_rows(const struct params *params)
{
	return params->size < PREFIX_ROWS ? params->size : PREFIX_ROWS;
}

static uint64_t items(const struct params *params)
{
	uint64_t count = 1;

	for (uint64_t row = 0; row < prefix_rows(params); row++)
		count *= params->size;
	return count;
}

/* Orders 2 and 3 have no solution; to find that out counts as one. */
static struct cost cost(const struct params *params)
{
	uint64_t found = solutions[params->size - 1];

	return (struct cost){.per_item = (double)(found ? found : 1) / (double)items(params),
			     .unit = "solution"};
}

static struct board place(struct board board, uint32_t queen)
{
	return (struct board){.columns = board.columns | queen,
			      .left = (board.left | queen) << 1,
			      .right = (board.right | queen) >> 1};
}

/* Solutions below a board; queens are bits (M. Richards: Backtracking algorithms in MCPL, 1997). */
static uint64_t count_below(uint32_t all, struct board board)
{
	uint64_t count = 0;

	if (board.columns == all)
		return 1;
	for (uint32_t open = all & ~(board.columns | board.left | board.right); open; open &= open - 1)
		count += count_below(all, place(board, open & -open));
	return count;
}

static uint64_t count_item(const struct params *params, uint64_t item)
{
	uint32_t all = (UINT32_C(1) << params->size) - 1;
	struct board board = {0};

	for (uint64_t row = 0; row < prefix_rows(params); row++, item /= params->size) {
		uint32_t queen = UINT32_C(1) << item % params->size;

		if (queen & (board.columns | board.left | board.right))
			return 0;
		board = place(board, queen);
	}
	return count_below(all, board);
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t count = 0;

	for (uint64_t i = begin; i < end; i++)
		count += count_item(ctx->params, i);
	return count;
}

static int verify(const void *area, const struct params *params, uint64_t checksum)
{
	(void)area;
	return checksum == solutions[params->size - 1] ? 0 : -EBADMSG;
}

const struct kernel kernel_nqueens = {
	.abi = KERNEL_ABI,
	.name = "nqueens",
	.help = "solutions of the n queens problem, counted by backtracking; items differ wildly in cost",
	.item = "placement of the first three rows",
	.size_unit = "order of the board",
	.sizes = {11, 12, 14},
	.uneven = true,
	.configure = configure,
	.items = items,
	.cost = cost,
	.verify = verify,
	.writes = kernel_writes_nothing,
	.run = run,
};
