#include "bench/signals.h"

#include <stddef.h>

volatile sig_atomic_t signals_interrupted;

static void on_signal(int number)
{
	signals_interrupted = number;
}

static void set_mask(int how)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(how, &set, NULL);
}

void signals_catch(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	set_mask(SIG_UNBLOCK);
}

void signals_hold(void)
{
	set_mask(SIG_BLOCK);
}
