/* The program that `create spawn` starts: it ends at once. */
int main(void)
{
	return 0;
}
