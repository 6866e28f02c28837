/* The smallest program: life.c spawns it, to see what a new program costs. */
int main(void)
{
	return 0;
}
